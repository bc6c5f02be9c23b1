"""Residual add and RMS normalisation, row by row."""

import numpy as np


def rms_norm(x, residual, weight, eps):
    shape = (-1, x.shape[-1])
    rows, others = x.reshape(shape), residual.reshape(shape)
    y, total = np.empty(rows.shape, x.dtype), np.empty(rows.shape, x.dtype)
    gain = weight.astype(np.float32)
    for i in range(len(rows)):
        row = rows[i].astype(np.float32) + others[i].astype(np.float32)
        total[i] = row
        y[i] = row / np.sqrt(np.mean(row * row) + np.float32(eps)) * gain
    return y.reshape(x.shape), total.reshape(x.shape)
