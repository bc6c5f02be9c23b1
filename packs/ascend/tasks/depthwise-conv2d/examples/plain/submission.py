"""Depthwise convolution through a view of all windows and one `einsum`."""

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def depthwise_conv2d(x, weight, bias, stride, padding):
    size = weight.shape[1]
    padded = np.pad(x.astype(np.float32), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = sliding_window_view(padded, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    y = np.einsum("nchwij,cij->nchw", windows, weight.astype(np.float32))
    return (y + bias.astype(np.float32)[:, None, None]).astype(x.dtype)
