"""The implementation to beat: sort every row in full, keep the first k."""

import numpy as np


def top_k(x, k):
    indices = np.argsort(-x, axis=-1, kind="stable")[:, :k]
    return np.take_along_axis(x, indices, axis=-1), indices
