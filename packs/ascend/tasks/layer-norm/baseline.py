"""The implementation to beat: mean, variance and affine step in double precision, one after the other."""

import numpy as np


def layer_norm(x, gamma, beta, eps):
    with np.errstate(invalid="ignore"):
        wide = x.astype(np.float64)
        mean = wide.mean(axis=-1, keepdims=True)
        variance = ((wide - mean) ** 2).mean(axis=-1, keepdims=True)
        y = (wide - mean) / np.sqrt(variance + eps) * gamma.astype(np.float64) + beta.astype(np.float64)
        return y.astype(x.dtype)
