"""Residual add and RMS normalisation in cached blocks of rows, writing into the results themselves."""

import numpy as np

BLOCK = 32 * 1024  # elements of float32: 128 KiB


def rms_norm(x, residual, weight, eps):
    columns = x.shape[-1]
    rows, others = x.reshape(-1, columns), residual.reshape(-1, columns)
    y, total = np.empty(rows.shape, x.dtype), np.empty(rows.shape, x.dtype)
    gain = weight.astype(np.float32)
    step = max(1, BLOCK // columns)
    for start in range(0, len(rows), step):
        part = slice(start, start + step)
        _normalise(rows[part], others[part], gain, np.float32(eps), y[part], total[part])
    return y.reshape(x.shape), total.reshape(x.shape)


def _normalise(x, residual, gain, eps, y, total):
    narrow = y.dtype != np.float32
    wide = np.add(x, residual, dtype=np.float32, out=None if narrow else total)
    if narrow:
        total[...] = wide
    mean_square = np.einsum("ij,ij->i", wide, wide) * np.float32(1 / wide.shape[1])
    scale = (1 / np.sqrt(mean_square + eps))[:, None]
    scaled = np.multiply(wide, scale, out=None if narrow else y)
    np.multiply(scaled, gain, out=y, casting="same_kind")
