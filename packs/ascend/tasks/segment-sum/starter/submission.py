"""Segment sum: replace the body; keep the name and the parameters."""

import numpy as np


def segment_sum(data, ids, segments):
    y = np.empty((segments, data.shape[1]), data.dtype)
    # Add every row data[i] to y[ids[i]]; skip rows whose id is negative.
    y[...] = 0
    return y
