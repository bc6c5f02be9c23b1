"""Segmented prefix sum: replace the body; keep the name and the parameters."""

import numpy as np


def segmented_scan(x, heads):
    y = np.empty(x.shape, x.dtype)
    # y[i] = x[i] where heads[i] is 1, else y[i - 1] + x[i]
    y[...] = 0
    return y
