"""Top-K: replace the body; keep the name and the parameters."""

import numpy as np


def top_k(x, k):
    values = np.zeros((x.shape[0], k), x.dtype)
    indices = np.zeros((x.shape[0], k), np.int64)
    # Fill in the k largest of every row, descending, and where they stand; of equals, the smaller index first.
    return values, indices
