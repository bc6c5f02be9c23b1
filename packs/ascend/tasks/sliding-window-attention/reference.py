"""Attention of (heads, tokens, channels) within a causal window, with a linear bias by distance; in float64."""

import numpy as np


def reference(query, key, value, slopes, window):
    tokens = np.arange(query.shape[1])
    distance = tokens[:, None] - tokens
    scores = query @ key.transpose(0, 2, 1) / np.sqrt(query.shape[2]) - slopes[:, None, None] * distance
    scores = np.where((distance >= 0) & (distance < window), scores, -np.inf)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True, initial=-np.inf))
    return weights @ value / weights.sum(axis=-1, keepdims=True)
