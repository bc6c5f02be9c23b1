"""The implementation to beat: expand the weights to a dense matrix, and multiply, in double precision."""

import numpy as np


def structured_sparse_matmul(values, places, x):
    m, kept = values.shape
    dense = np.zeros((m, 2 * kept))
    columns = np.arange(kept) // 2 * 4 + places
    np.put_along_axis(dense, columns, values.astype(np.float64), axis=1)
    return (dense @ x.astype(np.float64)).astype(x.dtype)
