"""The implementation to beat: statistics, affine step and SiLU one after the other, in double precision."""

import numpy as np


def group_norm_silu(x, gamma, beta, groups, eps):
    batch, channels, length = x.shape
    rows = x.astype(np.float64).reshape(batch, groups, channels // groups * length)
    mean, variance = rows.mean(axis=-1, keepdims=True), rows.var(axis=-1, keepdims=True)
    normal = ((rows - mean) / np.sqrt(variance + eps)).reshape(x.shape)
    z = normal * gamma.astype(np.float64)[:, None] + beta.astype(np.float64)[:, None]
    return (z / (1 + np.exp(-z))).astype(x.dtype)
