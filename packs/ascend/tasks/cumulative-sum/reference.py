"""Prefix sums along the last axis, in float64."""

import numpy as np


def reference(x, exclusive, reverse):
    terms = x[..., ::-1] if reverse else x
    if exclusive:
        terms = np.concatenate([np.zeros((*x.shape[:-1], 1)), terms[..., :-1]], axis=-1)
    with np.errstate(invalid="ignore"):
        sums = np.cumsum(terms, axis=-1)
    return sums[..., ::-1] if reverse else sums
