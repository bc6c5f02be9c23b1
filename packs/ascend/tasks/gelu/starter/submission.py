"""GELU: replace the body; keep the name and the parameter."""

import numpy as np


def gelu(x):
    y = np.empty(x.shape, x.dtype)
    # Fill y with x · Φ(x), where Φ is the normal distribution function.
    y[...] = 0
    return y
