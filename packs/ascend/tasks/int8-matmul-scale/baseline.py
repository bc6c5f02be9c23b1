"""The implementation to beat: widen to int32, multiply, scale."""

import numpy as np


def int8_matmul_scale(a, b, scale_a, scale_b, bias):
    product = a.astype(np.int32) @ b.astype(np.int32)
    y = product * scale_a.astype(np.float64)[:, None] * scale_b + bias.astype(np.float64)
    return y.astype(bias.dtype)
