"""Causal attention: replace the body; keep the name and the parameters."""

import numpy as np


def causal_attention(query, key, value):
    y = np.empty(query.shape, query.dtype)
    # For every head: softmax of query · keyᵀ / sqrt(channels) over the visible keys, times value.
    y[...] = 0
    return y
