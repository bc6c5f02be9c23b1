"""The implementation to beat: the state of all channels, taken forward token by token, in double precision."""

import numpy as np


def selective_scan(x, delta, a, b, c, d):
    inputs, steps = x.astype(np.float64), delta.astype(np.float64)
    gains, reads = b.astype(np.float64), c.astype(np.float64)
    rates = a.astype(np.float64)
    state = np.zeros(a.shape)
    y = np.empty(x.shape, np.float64)
    for t in range(len(x)):
        state = np.exp(steps[t][:, None] * rates) * state + (steps[t] * inputs[t])[:, None] * gains[t]
        y[t] = state @ reads[t] + d * inputs[t]
    return y.astype(x.dtype)
