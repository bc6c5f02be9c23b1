"""Cumulative sum row by row: turn the row round, scan it, shift it, turn it back."""

import numpy as np


def cumulative_sum(x, exclusive, reverse):
    rows = x.reshape(-1, x.shape[-1])
    y = np.empty(rows.shape, x.dtype)
    with np.errstate(invalid="ignore"):
        for i, row in enumerate(rows):
            sums = np.cumsum(row[::-1] if reverse else row, dtype=np.float64)
            if exclusive:
                sums = np.insert(sums[:-1], 0, 0)
            y[i] = sums[::-1] if reverse else sums
    return y.reshape(x.shape)
