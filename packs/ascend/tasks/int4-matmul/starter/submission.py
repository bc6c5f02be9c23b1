"""Matrix product with int4 weights: replace the body; keep the name and the parameters."""

import numpy as np


def int4_matmul(x, packed, scales, zeros, group):
    y = np.empty((len(x), packed.shape[1]), x.dtype)
    # packed[i] holds row 2i in the low four bits and row 2i + 1 in the high ones;
    # weight[r, c] = (code[r, c] - zeros[r // group, c]) * scales[r // group, c]
    y[...] = 0
    return y
