"""The implementation to beat: flip, shift, scan and flip back, each as a copy in double precision."""

import numpy as np


def cumulative_sum(x, exclusive, reverse):
    wide = x.astype(np.float64)
    if reverse:
        wide = np.flip(wide, axis=-1)
    if exclusive:
        wide = np.concatenate([np.zeros((*x.shape[:-1], 1)), wide[..., :-1]], axis=-1)
    with np.errstate(invalid="ignore"):
        sums = np.cumsum(wide, axis=-1)
    if reverse:
        sums = np.flip(sums, axis=-1)
    return np.ascontiguousarray(sums.astype(x.dtype))
