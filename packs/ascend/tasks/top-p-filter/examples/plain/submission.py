"""Top-p row by row, with an ordinary sort."""

import numpy as np


def top_p_filter(x, p):
    y = np.zeros(x.shape, x.dtype)
    for i, row in enumerate(x.astype(np.float32)):
        order = np.argsort(-row, kind="stable")
        sums = np.cumsum(row[order], dtype=np.float64)
        count = max(1, int(np.searchsorted(sums, p)) + 1)
        kept = order[:count]
        y[i, kept] = row[kept] / row[kept].sum(dtype=np.float64)
    return y
