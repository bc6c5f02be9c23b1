"""Histogram row by row with the library's own function, without what is outside."""

import numpy as np


def histogram(x, bins, low, high):
    counts = np.zeros((len(x), bins), np.int64)
    for i, row in enumerate(x):
        wide = row.astype(np.float64)
        counts[i] = np.histogram(wide[(wide >= low) & (wide <= high)], bins, (low, high))[0]
    return counts
