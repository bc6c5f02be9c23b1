"""int4 product group by group, in single precision."""

import numpy as np


def int4_matmul(x, packed, scales, zeros, group):
    y = np.zeros((len(x), packed.shape[1]), np.float32)
    wide = x.astype(np.float32)
    for number in range(len(scales)):
        pairs = packed[number * group // 2 : (number + 1) * group // 2]
        codes = np.stack([pairs & 15, pairs >> 4], axis=1).reshape(group, -1).astype(np.float32)
        weights = (codes - zeros[number].astype(np.float32)) * scales[number].astype(np.float32)
        y += wide[:, number * group : (number + 1) * group] @ weights
    return y.astype(x.dtype)
