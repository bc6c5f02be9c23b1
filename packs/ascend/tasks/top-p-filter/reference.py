"""The shortest run of the largest (of equals, the smaller index first) that sums to p, normalised; in float64."""

import numpy as np


def reference(x, p):
    order = np.argsort(-x, axis=-1, kind="stable")
    ranked = np.take_along_axis(x, order, axis=-1)
    sums = np.cumsum(ranked, axis=-1)
    kept = (sums - ranked < p) | (np.arange(x.shape[1]) == 0)
    ranked = np.where(kept, ranked, 0)
    y = np.zeros(x.shape)
    np.put_along_axis(y, order, ranked / ranked.sum(axis=-1, keepdims=True), axis=-1)
    return y
