"""Paged attention, one group of one sequence at a time: its heads share one gather and two products in single precision."""

import numpy as np


def paged_attention(query, keys, values, tables, lengths):
    sequences, heads, channels = query.shape
    page, groups = keys.shape[1], keys.shape[2]
    many = heads // groups
    y = np.zeros(query.shape, query.dtype)
    asked = query.astype(np.float32) * np.float32(1 / np.sqrt(channels))
    for s in range(sequences):
        length = int(lengths[s])
        if not length:
            continue
        used = tables[s, : -(-length // page)]
        for group in range(groups):
            part = slice(group * many, group * many + many)
            key = keys[used, :, group].reshape(-1, channels)[:length].astype(np.float32, copy=False)
            scores = asked[s, part] @ key.T
            scores -= scores.max(axis=1, keepdims=True)
            np.exp(scores, out=scores)
            value = values[used, :, group].reshape(-1, channels)[:length].astype(np.float32, copy=False)
            y[s, part] = scores @ value / scores.sum(axis=1, keepdims=True)
    return y
