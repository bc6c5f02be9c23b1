"""Retention as the recurrence that it is: one state a head, token by token, all heads at once."""

import numpy as np


def retention(query, key, value, decay):
    query, key, value_ = (array.astype(np.float32) for array in (query, key, value))
    y = np.empty(value.shape, value.dtype)
    state = np.zeros((len(query), query.shape[2], value.shape[2]), np.float32)
    for t in range(query.shape[1]):
        state *= decay[:, None, None]
        state += key[:, t, :, None] * value_[:, t, None, :]
        y[:, t] = (query[:, t, None, :] @ state)[:, 0]
    return y
