"""The implementation to beat: gathered rows times values, summed by segments."""

import numpy as np


def csr_matmul(values, columns, starts, dense):
    y = np.zeros((len(starts) - 1, dense.shape[1]), np.float32)
    filled = np.flatnonzero(np.diff(starts))
    if filled.size:
        products = values.astype(np.float32)[:, None] * dense.astype(np.float32)[columns]
        y[filled] = np.add.reduceat(products, starts[filled], axis=0)
    return y.astype(dense.dtype)
