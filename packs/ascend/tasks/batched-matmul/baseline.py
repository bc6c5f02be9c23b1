"""The implementation to beat: the library's batched product, in double precision."""

import numpy as np


def batched_matmul(a, b):
    return np.matmul(a.astype(np.float64), b.astype(np.float64).transpose(0, 2, 1)).astype(a.dtype)
