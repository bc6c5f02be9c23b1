"""The implementation to beat: add, then normalise, as whole-array operations in double precision."""

import numpy as np


def rms_norm(x, residual, weight, eps):
    total = x.astype(np.float64) + residual.astype(np.float64)
    mean_square = (total**2).mean(axis=-1, keepdims=True)
    y = total / np.sqrt(mean_square + eps) * weight.astype(np.float64)
    return y.astype(x.dtype), total.astype(x.dtype)
