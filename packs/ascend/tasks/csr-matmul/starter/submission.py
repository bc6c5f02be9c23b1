"""CSR sparse times dense matrix: replace the body; keep the name and the parameters."""

import numpy as np


def csr_matmul(values, columns, starts, dense):
    y = np.empty((len(starts) - 1, dense.shape[1]), dense.dtype)
    # Row r has the entries starts[r] … starts[r + 1] - 1: y[r] = sum of values[e] * dense[columns[e]]
    y[...] = 0
    return y
