"""Depthwise convolution: replace the body; keep the name and the parameters."""

import numpy as np


def depthwise_conv2d(x, weight, bias, stride, padding):
    high, wide = ((n + 2 * padding - weight.shape[1]) // stride + 1 for n in x.shape[2:])
    y = np.empty((*x.shape[:2], high, wide), x.dtype)
    # y[n, c, i, j] = bias[c] + sum over a, b of weight[c, a, b] * x[n, c, i * stride + a - padding, j * stride + b - padding]
    y[...] = 0
    return y
