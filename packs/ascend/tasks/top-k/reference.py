"""The k largest of every row, descending; of equal values the one with the smaller index first."""

import numpy as np


def reference(x, k):
    indices = np.argsort(-x, axis=-1, kind="stable")[:, :k]
    return np.take_along_axis(x, indices, axis=-1), indices
