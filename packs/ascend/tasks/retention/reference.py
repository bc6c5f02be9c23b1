"""y[t] = sum over s ≤ t of decay^(t - s) · (query[t] · key[s]) · value[s], for every head, in float64."""

import numpy as np


def reference(query, key, value, decay):
    distance = np.arange(query.shape[1])[:, None] - np.arange(query.shape[1])
    powers = decay[:, None] ** np.arange(query.shape[1])
    weights = np.where(distance >= 0, powers[:, np.abs(distance)], 0)
    return (query @ key.transpose(0, 2, 1) * weights) @ value
