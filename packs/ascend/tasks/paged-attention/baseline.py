"""The implementation to beat: sequence by sequence, gather the pages, then attention over all heads in double precision."""

import numpy as np


def paged_attention(query, keys, values, tables, lengths):
    sequences, heads, channels = query.shape
    page, groups = keys.shape[1], keys.shape[2]
    y = np.zeros(query.shape, query.dtype)
    for s in range(sequences):
        length = int(lengths[s])
        if not length:
            continue
        used = tables[s, : -(-length // page)]
        key = keys[used].reshape(-1, groups, channels)[:length].astype(np.float64).transpose(1, 2, 0)
        value = values[used].reshape(-1, groups, channels)[:length].astype(np.float64).transpose(1, 0, 2)
        asked = query[s].astype(np.float64).reshape(groups, heads // groups, channels)
        scores = asked @ key / np.sqrt(channels)
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        y[s] = (weights @ value).reshape(heads, channels)
    return y
