"""The implementation to beat: one multiplication and one addition for every place of the kernel, in double precision."""

import numpy as np


def depthwise_conv2d(x, weight, bias, stride, padding):
    size = weight.shape[1]
    padded = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    high, wide = ((n - size) // stride + 1 for n in padded.shape[2:])
    y = np.zeros((*x.shape[:2], high, wide)) + bias.astype(np.float64)[:, None, None]
    factors = weight.astype(np.float64)[:, :, :, None, None]
    for i in range(size):
        for j in range(size):
            part = padded[:, :, i : i + (high - 1) * stride + 1 : stride, j : j + (wide - 1) * stride + 1 : stride]
            y += part * factors[:, i, j]
    return y.astype(x.dtype)
