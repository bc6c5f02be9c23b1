"""Counts of every row in `bins` equal bins from low to high, the upper end included in the last; exact."""

import numpy as np


def reference(x, bins, low, high):
    counts = np.zeros((len(x), bins), np.int64)
    inside = (x >= low) & (x <= high)
    rows, _ = np.nonzero(inside)
    places = np.minimum(np.floor((x[inside] - low) * (bins / (high - low))), bins - 1).astype(np.int64)
    np.add.at(counts, (rows, places), 1)
    return counts
