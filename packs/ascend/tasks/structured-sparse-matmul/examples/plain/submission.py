"""2:4 product row by row: the named rows of x, times the values."""

import numpy as np


def structured_sparse_matmul(values, places, x):
    m, kept = values.shape
    y = np.empty((m, x.shape[1]), x.dtype)
    wide, factors = x.astype(np.float32), values.astype(np.float32)
    columns = np.arange(kept) // 2 * 4 + places
    for row in range(m):
        y[row] = factors[row] @ wide[columns[row]]
    return y
