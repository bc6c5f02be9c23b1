"""Histogram of rows: replace the body; keep the name and the parameters."""

import numpy as np


def histogram(x, bins, low, high):
    # Bin of v: floor((v - low) / width), for low <= v <= high; v = high belongs to the last bin.
    return np.zeros((len(x), bins), np.int64)
