"""LayerNorm backward in blocks of rows; sums of products go through `einsum` without a temporary.

Sums down the rows are in float32 within a block and in float64 over the blocks.
"""

import numpy as np

BLOCK = 24 * 1024


def layer_norm_backward(x, dy, gamma, eps):
    rows, columns = x.shape
    dx = np.empty(x.shape, np.float32)
    dgamma, dbeta = np.zeros(columns), np.zeros(columns)
    wide, share = gamma.astype(np.float32), np.float32(1 / max(columns, 1))
    step = min(64, max(1, BLOCK // columns))
    for start in range(0, rows, step):
        slope = dy[start : start + step].astype(np.float32, copy=False)
        normal = x[start : start + step].astype(np.float32)
        normal -= normal.mean(axis=1, keepdims=True)
        inverse = 1 / np.sqrt(np.einsum("ij,ij->i", normal, normal) * share + np.float32(eps))[:, None]
        normal *= inverse
        dgamma += np.einsum("ij,ij->j", slope, normal)
        dbeta += slope.sum(axis=0)
        out = dx[start : start + step]
        np.multiply(slope, wide, out=out)
        along = np.einsum("ij,ij->i", out, normal)[:, None] * share
        out -= out.mean(axis=1, keepdims=True)
        normal *= along
        out -= normal
        out *= inverse
    return dx.astype(x.dtype, copy=False), dgamma.astype(np.float32), dbeta.astype(np.float32)
