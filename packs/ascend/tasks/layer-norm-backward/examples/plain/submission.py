"""LayerNorm backward, row by row."""

import numpy as np


def layer_norm_backward(x, dy, gamma, eps):
    dx = np.empty(x.shape, x.dtype)
    dgamma, dbeta = np.zeros(x.shape[1]), np.zeros(x.shape[1])
    wide = gamma.astype(np.float32)
    for i in range(len(x)):
        row, slope = x[i].astype(np.float32), dy[i].astype(np.float32)
        centred = row - row.mean()
        inverse = 1 / np.sqrt((centred * centred).mean() + np.float32(eps))
        normal = centred * inverse
        scaled = slope * wide
        dx[i] = inverse * (scaled - scaled.mean() - normal * (scaled * normal).mean())
        dgamma += slope * normal
        dbeta += slope
    return dx, dgamma.astype(np.float32), dbeta.astype(np.float32)
