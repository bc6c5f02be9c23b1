"""The implementation to beat: maximum, exponentials, sum and logarithm of the whole array, in double precision."""

import numpy as np


def log_sum_exp(x):
    wide = x.astype(np.float64)
    peak = wide.max(axis=0)
    base = np.where(np.isfinite(peak), peak, 0)
    with np.errstate(divide="ignore", over="ignore"):
        return (np.log(np.exp(wide - base).sum(axis=0)) + base).astype(x.dtype)
