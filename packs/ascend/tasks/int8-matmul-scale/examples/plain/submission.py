"""int8 matrix product, one row of the result at a time, in int64."""

import numpy as np


def int8_matmul_scale(a, b, scale_a, scale_b, bias):
    y = np.empty((a.shape[0], b.shape[1]), bias.dtype)
    wide, offset = b.astype(np.int64), bias.astype(np.float64)
    for i, row in enumerate(a.astype(np.int64)):
        y[i] = (row @ wide) * (float(scale_a[i]) * scale_b.astype(np.float64)) + offset
    return y
