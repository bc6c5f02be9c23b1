"""Bilinear resize, one row of the result at a time: blend two rows, then neighbouring columns."""

import numpy as np


def corners(source, target):
    at = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    low = np.floor(at).astype(np.int64)
    return low, np.minimum(low + 1, source - 1), (at - low).astype(np.float32)


def bilinear_resize(x, height, width):
    y = np.empty((*x.shape[:2], height, width), x.dtype)
    left, right, across = corners(x.shape[3], width)
    for i, (low, high, share) in enumerate(zip(*corners(x.shape[2], height), strict=True)):
        row = x[:, :, low].astype(np.float32)
        row = row + (x[:, :, high].astype(np.float32) - row) * share
        start = row[..., left]
        y[:, :, i] = start + (row[..., right] - start) * across
    return y
