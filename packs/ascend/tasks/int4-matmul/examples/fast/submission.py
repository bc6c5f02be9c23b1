"""int4 product with the zero points taken out of it: x · (q - z) · s = (x · q - sum(x) · z) · s for every group.

Even and odd rows are two products, so that codes are never interleaved. One group at a time, everything stays in cache.
"""

import numpy as np


def int4_matmul(x, packed, scales, zeros, group):
    wide = x.astype(np.float32, copy=False)
    even, odd = np.ascontiguousarray(wide[:, ::2]), np.ascontiguousarray(wide[:, 1::2])
    levels = wide.reshape(len(x), len(scales), group).sum(axis=2)
    y = np.zeros((len(x), packed.shape[1]), np.float32)
    half = group // 2
    for number in range(len(scales)):
        rows = slice(number * half, (number + 1) * half)
        pairs = packed[rows]
        sums = even[:, rows] @ (pairs & 15).astype(np.float32)
        sums += odd[:, rows] @ (pairs >> 4).astype(np.float32)
        sums -= levels[:, number, None] * zeros[number]
        sums *= scales[number].astype(np.float32, copy=False)
        y += sums
    return y.astype(x.dtype, copy=False)
