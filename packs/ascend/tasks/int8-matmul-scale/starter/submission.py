"""int8 matrix product with rescaling: replace the body; keep the name and the parameters."""

import numpy as np


def int8_matmul_scale(a, b, scale_a, scale_b, bias):
    y = np.empty((a.shape[0], b.shape[1]), bias.dtype)
    # y[i, j] = (sum over k of a[i, k] · b[k, j]) · scale_a[i] · scale_b[j] + bias[j]
    y[...] = bias
    return y
