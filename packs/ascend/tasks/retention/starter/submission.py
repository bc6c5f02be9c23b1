"""Retention (linear attention with decay): replace the body; keep the name and the parameters."""

import numpy as np


def retention(query, key, value, decay):
    y = np.empty(value.shape, value.dtype)
    # state = decay * state + outer(key[t], value[t]); y[t] = query[t] @ state
    y[...] = 0
    return y
