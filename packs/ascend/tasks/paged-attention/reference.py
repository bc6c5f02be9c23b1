"""Attention of one query a sequence over its pages of the cache, in float64.

Head h looks at group h // (heads / groups). A sequence of length 0 gives zeros.
"""

import numpy as np


def reference(query, keys, values, tables, lengths):
    heads, channels = query.shape[1:]
    page, groups = keys.shape[1:3]
    y = np.zeros(query.shape)
    for s, length in enumerate(lengths):
        used = tables[s, : -(-length // page)]
        key, value = (cache[used].reshape(-1, groups, channels)[:length] for cache in (keys, values))
        asked = query[s].reshape(groups, heads // groups, channels)
        scores = asked @ key.transpose(1, 2, 0) / np.sqrt(channels)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True, initial=-np.inf))
        total = np.maximum(weights.sum(axis=-1, keepdims=True), 1e-300)
        y[s] = (weights / total @ value.transpose(1, 0, 2)).reshape(heads, channels)
    return y
