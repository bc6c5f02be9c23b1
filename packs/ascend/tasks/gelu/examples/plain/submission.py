"""GELU element by element with the standard library's error function."""

import math

import numpy as np


def gelu(x):
    values = x.astype(np.float64).ravel().tolist()
    y = [max(v, -40.0) * 0.5 * math.erfc(-v * math.sqrt(0.5)) if v == v else v for v in values]
    return np.array(y, np.float64).astype(x.dtype).reshape(x.shape)
