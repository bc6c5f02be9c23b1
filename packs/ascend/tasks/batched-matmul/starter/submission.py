"""Batches of small matrix products: replace the body; keep the name and the parameters."""

import numpy as np


def batched_matmul(a, b):
    y = np.empty((len(a), a.shape[1], b.shape[1]), a.dtype)
    # y[i, r, c] = sum over k of a[i, r, k] * b[i, c, k]
    y[...] = 0
    return y
