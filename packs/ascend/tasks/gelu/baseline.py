"""The implementation to beat: numpy has no error function, so the standard library's is mapped over the elements."""

import math

import numpy as np

erf = np.vectorize(math.erf, otypes=[np.float64])


def gelu(x):
    if x.size == 0:
        return np.empty(x.shape, x.dtype)
    wide = x.astype(np.float64)
    share = 0.5 * (1 + erf(wide * math.sqrt(0.5)))
    return (np.maximum(wide, -40.0) * share).astype(x.dtype)
