"""The implementation to beat: the formulas in double precision, one array operation at a time."""

import numpy as np


def layer_norm_backward(x, dy, gamma, eps):
    wide, slope = x.astype(np.float64), dy.astype(np.float64)
    centred = wide - wide.mean(axis=-1, keepdims=True)
    inverse = 1 / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + eps)
    normal = centred * inverse
    scaled = slope * gamma.astype(np.float64)
    along = (scaled * normal).mean(axis=-1, keepdims=True)
    dx = inverse * (scaled - scaled.mean(axis=-1, keepdims=True) - normal * along)
    dgamma, dbeta = (slope * normal).sum(axis=0), slope.sum(axis=0)
    return dx.astype(x.dtype), dgamma.astype(np.float32), dbeta.astype(np.float32)
