"""Selective scan (state-space model): replace the body; keep the name and the parameters."""

import numpy as np


def selective_scan(x, delta, a, b, c, d):
    y = np.empty(x.shape, x.dtype)
    # state = exp(delta[t] * a) * state + delta[t] * x[t] * b[t]; y[t] = state @ c[t] + d * x[t]
    y[...] = 0
    return y
