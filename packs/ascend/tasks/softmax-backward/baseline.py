"""The implementation to beat: the formula in double precision, one array operation at a time."""

import numpy as np


def softmax_backward(y, dy, scale):
    wide, slope = y.astype(np.float64), dy.astype(np.float64)
    return (scale * wide * (slope - (wide * slope).sum(axis=-1, keepdims=True))).astype(y.dtype)
