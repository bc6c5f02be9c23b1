"""Softmax backward: replace the body; keep the name and the parameters."""

import numpy as np


def softmax_backward(y, dy, scale):
    dx = np.empty(y.shape, y.dtype)
    # dx = scale * y * (dy - row sum of y * dy)
    dx[...] = 0
    return dx
