"""Sliding-window attention, one query at a time over exactly the keys in its window."""

import numpy as np


def sliding_window_attention(query, key, value, slopes, window):
    heads, _, channels = query.shape
    y = np.empty(query.shape, query.dtype)
    for head in range(heads):
        rows, keys, values = (array[head].astype(np.float32) for array in (query, key, value))
        for i, row in enumerate(rows):
            first = max(0, i + 1 - window)
            scores = keys[first : i + 1] @ row / np.float32(np.sqrt(channels))
            scores -= slopes[head] * np.arange(i - first, -1, -1, dtype=np.float32)
            weights = np.exp(scores - scores.max())
            y[head, i] = weights @ values[first : i + 1] / weights.sum()
    return y
