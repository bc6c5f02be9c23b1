"""Residual add and RMS normalisation: replace the body; keep the name and the parameters."""

import numpy as np


def rms_norm(x, residual, weight, eps):
    y = np.empty(x.shape, x.dtype)
    total = np.empty(x.shape, x.dtype)
    # total is x + residual; y is total, row by row, over its root mean square, times weight.
    y[...] = 0
    total[...] = 0
    return y, total
