"""LayerNorm backward: replace the body; keep the name and the parameters."""

import numpy as np


def layer_norm_backward(x, dy, gamma, eps):
    dx = np.zeros(x.shape, x.dtype)
    # normal = (x - mean) / sqrt(variance + eps) row by row; see the statement for the three gradients.
    return dx, np.zeros(x.shape[1], np.float32), np.zeros(x.shape[1], np.float32)
