"""The implementation to beat: all scores of a head, weighed by powers of the decay, in double precision."""

import numpy as np


def retention(query, key, value, decay):
    heads, tokens, _ = query.shape
    distance = np.arange(tokens)[:, None] - np.arange(tokens)
    future, distance = distance < 0, np.abs(distance)
    y = np.empty(value.shape, query.dtype)
    for head in range(heads):
        weights = (float(decay[head]) ** np.arange(tokens))[distance]
        weights[future] = 0
        scores = query[head].astype(np.float64) @ key[head].astype(np.float64).T
        y[head] = (scores * weights) @ value[head].astype(np.float64)
    return y
