"""Layer normalisation along the last axis, in float64, with the biased variance."""

import numpy as np


def reference(x, gamma, beta, eps):
    with np.errstate(invalid="ignore"):
        centred = x - x.mean(axis=-1, keepdims=True)
        variance = np.mean(centred * centred, axis=-1, keepdims=True)
        return centred / np.sqrt(variance + eps) * gamma + beta
