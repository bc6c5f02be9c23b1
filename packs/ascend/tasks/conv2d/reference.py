"""2-D convolution (cross-correlation) of NCHW images with OIHW kernels, in float64."""

import numpy as np


def reference(x, weight, bias, stride, padding):
    padded = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    sums = np.tensordot(windows[:, :, ::stride, ::stride], weight, axes=((1, 4, 5), (1, 2, 3)))
    return sums.transpose(0, 3, 1, 2) + bias[:, None, None]
