"""Sliding-window attention in blocks of queries, each with the strip of keys that it can see; in place, in float32."""

import numpy as np

BLOCK = 48


def sliding_window_attention(query, key, value, slopes, window):
    heads, tokens, channels = query.shape
    dtype = query.dtype
    query, key, value = (array.astype(np.float32, copy=False) for array in (query, key, value))
    query = query * np.float32(1 / np.sqrt(channels))
    y = np.empty(query.shape, np.float32)
    for start in range(0, tokens, BLOCK):
        stop = min(start + BLOCK, tokens)
        first = max(0, start + 1 - window)
        distance = np.arange(start, stop)[:, None] - np.arange(first, stop)
        visible = (distance >= 0) & (distance < window)
        for head in range(heads):
            scores = query[head, start:stop] @ key[head, first:stop].T
            scores -= np.where(visible, slopes[head] * distance, np.inf).astype(np.float32)
            scores -= scores.max(axis=1, keepdims=True)
            np.exp(scores, out=scores)
            block = y[head, start:stop]
            np.matmul(scores, value[head, first:stop], out=block)
            block /= scores.sum(axis=1, keepdims=True)
    return y.astype(dtype, copy=False)
