"""The implementation to beat: all scores of a head, bias and mask, a softmax, and the weighted sum, in double precision."""

import numpy as np


def sliding_window_attention(query, key, value, slopes, window):
    heads, tokens, channels = query.shape
    distance = np.arange(tokens)[:, None] - np.arange(tokens)
    hidden = (distance < 0) | (distance >= window)
    y = np.empty(query.shape, query.dtype)
    for head in range(heads):
        scores = query[head].astype(np.float64) @ key[head].astype(np.float64).T / np.sqrt(channels)
        scores -= float(slopes[head]) * distance
        scores[hidden] = -np.inf
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        y[head] = weights @ value[head].astype(np.float64)
    return y
