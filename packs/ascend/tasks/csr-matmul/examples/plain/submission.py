"""CSR product row by row, each as a small vector-matrix product."""

import numpy as np


def csr_matmul(values, columns, starts, dense):
    y = np.zeros((len(starts) - 1, dense.shape[1]), dense.dtype)
    wide, factors = dense.astype(np.float32), values.astype(np.float32)
    for row in range(len(y)):
        part = slice(starts[row], starts[row + 1])
        y[row] = factors[part] @ wide[columns[part]]
    return y
