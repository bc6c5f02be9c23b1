"""h[t] = exp(delta[t]·a)·h[t-1] + delta[t]·x[t]·b[t];  y[t] = h[t]·c[t] + d·x[t]; in float64."""

import numpy as np


def reference(x, delta, a, b, c, d):
    state = np.zeros(a.shape)
    y = np.empty(x.shape)
    for t in range(len(x)):
        state *= np.exp(delta[t][:, None] * a)
        state += (delta[t] * x[t])[:, None] * b[t]
        y[t] = state @ c[t]
    return y + d * x
