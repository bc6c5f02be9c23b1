"""2-D convolution: replace the body; keep the name and the parameters."""

import numpy as np


def conv2d(x, weight, bias, stride, padding):
    height = (x.shape[2] + 2 * padding - weight.shape[2]) // stride + 1
    width = (x.shape[3] + 2 * padding - weight.shape[3]) // stride + 1
    y = np.empty((x.shape[0], weight.shape[0], height, width), x.dtype)
    # Fill y with the convolution; here it only holds the bias.
    y[...] = bias[:, None, None]
    return y
