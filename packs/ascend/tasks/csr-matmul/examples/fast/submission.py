"""CSR product by blocks of rows: the products of a block stay in cache until they are summed."""

import numpy as np

BLOCK = 24 * 1024  # products at a time


def csr_matmul(values, columns, starts, dense):
    rows, width = len(starts) - 1, dense.shape[1]
    y = np.zeros((rows, width), np.float32)
    wide, factors = dense.astype(np.float32, copy=False), values.astype(np.float32, copy=False)[:, None]
    most = max(1, BLOCK // max(1, width))
    first = 0
    while first < rows:
        last = max(first + 1, int(np.searchsorted(starts, starts[first] + most, side="right")) - 1)
        begin, end = starts[first], starts[last]
        products = wide[columns[begin:end]]
        products *= factors[begin:end]
        own = starts[first:last]
        filled = np.flatnonzero(starts[first + 1 : last + 1] > own)
        if filled.size:
            y[first + filled] = np.add.reduceat(products, own[filled] - begin, axis=0)
        first = last
    return y.astype(dense.dtype, copy=False)
