"""Rotary position embedding token by token, angles in float64."""

import numpy as np


def rotary_embedding(x, positions, theta):
    half = x.shape[-1] // 2
    frequencies = theta ** (-np.arange(half) / half)
    y = np.empty(x.shape, x.dtype)
    for token, position in enumerate(positions):
        cosine, sine = np.cos(position * frequencies), np.sin(position * frequencies)
        first, second = x[token, :, :half].astype(np.float64), x[token, :, half:].astype(np.float64)
        y[token, :, :half] = first * cosine - second * sine
        y[token, :, half:] = second * cosine + first * sine
    return y
