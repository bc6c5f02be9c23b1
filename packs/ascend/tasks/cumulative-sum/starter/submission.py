"""Cumulative sum: replace the body; keep the name and the parameters."""

import numpy as np


def cumulative_sum(x, exclusive, reverse):
    y = np.empty(x.shape, x.dtype)
    # y[..., i] is the sum of x up to i: without x[..., i] if exclusive, from the right if reverse.
    y[...] = 0
    return y
