"""Softmax backward in blocks of rows that stay in cache; the products are made once and used twice.

With p = y · dy and its row sum s, the result is scale · (p - y · s).
"""

import numpy as np

BLOCK = 32 * 1024


def softmax_backward(y, dy, scale):
    columns = y.shape[-1]
    shares, slopes = (a.reshape(-1, columns) for a in (y, dy))
    dx = np.empty(shares.shape, np.float32)
    step = max(1, BLOCK // columns)
    scratch = np.empty((min(step, len(shares)), columns), np.float32)
    for start in range(0, len(shares), step):
        share = shares[start : start + step].astype(np.float32, copy=False)
        slope = slopes[start : start + step].astype(np.float32, copy=False)
        out, work = dx[start : start + step], scratch[: len(share)]
        np.multiply(share, slope, out=work)
        total = work.sum(axis=1, keepdims=True)
        np.subtract(slope, total, out=out)
        np.multiply(share, np.float32(scale), out=work)
        out *= work
    return dx.reshape(y.shape).astype(y.dtype, copy=False)
