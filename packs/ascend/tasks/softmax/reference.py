"""Softmax along the last axis, in float64."""

import numpy as np


def reference(x):
    with np.errstate(invalid="ignore"):
        shifted = x - x.max(axis=-1, keepdims=True, initial=-np.inf)
        powers = np.exp(shifted)
        return powers / powers.sum(axis=-1, keepdims=True)
