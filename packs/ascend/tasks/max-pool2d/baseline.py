"""The implementation to beat: a running maximum over the window's shifted slices."""

import numpy as np


def max_pool2d(x, window, stride, padding):
    lowest = np.iinfo(x.dtype).min if x.dtype.kind == "i" else -np.inf
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)), constant_values=lowest)
    high, wide = ((n - window) // stride + 1 for n in padded.shape[2:])
    y = np.full((*x.shape[:2], high, wide), lowest, x.dtype)
    for i in range(window):
        for j in range(window):
            part = padded[:, :, i : i + (high - 1) * stride + 1 : stride, j : j + (wide - 1) * stride + 1 : stride]
            y = np.maximum(y, part)
    return y
