"""The implementation to beat: four gathered corners and their weights, in double precision."""

import numpy as np


def corners(source, target):
    at = np.clip((np.arange(target) + 0.5) * source / target - 0.5, 0, source - 1)
    low = np.floor(at).astype(np.int64)
    return low, np.minimum(low + 1, source - 1), at - low


def bilinear_resize(x, height, width):
    low, high, down = corners(x.shape[2], height)
    left, right, across = corners(x.shape[3], width)
    wide = x.astype(np.float64)
    rows, below = wide[:, :, low], wide[:, :, high]
    top = rows[..., left] * (1 - across) + rows[..., right] * across
    bottom = below[..., left] * (1 - across) + below[..., right] * across
    return (top * (1 - down)[:, None] + bottom * down[:, None]).astype(x.dtype)
