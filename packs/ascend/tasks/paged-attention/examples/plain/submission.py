"""Paged attention, one head of one sequence at a time, in single precision."""

import numpy as np


def paged_attention(query, keys, values, tables, lengths):
    sequences, heads, channels = query.shape
    page, groups = keys.shape[1], keys.shape[2]
    y = np.zeros(query.shape, query.dtype)
    for s in range(sequences):
        length = int(lengths[s])
        used = tables[s, : -(-length // page)]
        for head in range(heads if length else 0):
            group = head * groups // heads
            key = keys[used, :, group].reshape(-1, channels)[:length].astype(np.float32)
            value = values[used, :, group].reshape(-1, channels)[:length].astype(np.float32)
            scores = key @ query[s, head].astype(np.float32) / np.float32(np.sqrt(channels))
            weights = np.exp(scores - scores.max())
            y[s, head] = weights @ value / weights.sum()
    return y
