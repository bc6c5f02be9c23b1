"""Sliding-window attention: replace the body; keep the name and the parameters."""

import numpy as np


def sliding_window_attention(query, key, value, slopes, window):
    y = np.empty(query.shape, query.dtype)
    # Query i sees the keys i - window + 1 … i; its score with key j loses slopes[head] * (i - j).
    y[...] = 0
    return y
