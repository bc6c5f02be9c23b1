"""The implementation to beat: all scores of a head, a mask, a softmax, and the weighted sum, in double precision."""

import numpy as np


def causal_attention(query, key, value):
    heads, queries, channels = query.shape
    keys = key.shape[1]
    hidden = np.arange(keys) > np.arange(queries)[:, None] + keys - queries
    y = np.empty(query.shape, query.dtype)
    for head in range(heads):
        scores = query[head].astype(np.float64) @ key[head].astype(np.float64).T / np.sqrt(channels)
        scores[hidden] = -np.inf
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        y[head] = weights @ value[head].astype(np.float64)
    return y
