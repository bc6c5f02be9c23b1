"""The implementation to beat: the bin of every number, offset by row, and one `bincount`."""

import numpy as np


def histogram(x, bins, low, high):
    rows = len(x)
    with np.errstate(invalid="ignore"):
        wide = x.astype(np.float64)
        places = np.minimum(np.floor((wide - low) * (bins / (high - low))), bins - 1)
        inside = (wide >= low) & (wide <= high)
    offset = np.arange(rows)[:, None] * bins
    chosen = (np.where(inside, places, 0).astype(np.int64) + offset)[inside]
    return np.bincount(chosen, minlength=rows * bins).reshape(rows, bins)
