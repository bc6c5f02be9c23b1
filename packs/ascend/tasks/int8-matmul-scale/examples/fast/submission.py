"""int8 matrix product through the float32 library routine, which is exact in short pieces.

A product of two bytes is at most 2¹⁴, so 1024 of them stay within 2²⁴, where float32 still holds
every integer. Longer sums are joined in float64.
"""

import numpy as np

EXACT = 1024


def int8_matmul_scale(a, b, scale_a, scale_b, bias):
    left, right = a.astype(np.float32), b.astype(np.float32)
    y = left[:, :EXACT] @ right[:EXACT]
    if a.shape[1] > EXACT:
        y = y.astype(np.float64)
        for start in range(EXACT, a.shape[1], EXACT):
            y += left[:, start : start + EXACT] @ right[start : start + EXACT]
    y *= scale_a[:, None]
    y *= scale_b
    y += bias.astype(np.float32)
    return y.astype(bias.dtype, copy=False)
