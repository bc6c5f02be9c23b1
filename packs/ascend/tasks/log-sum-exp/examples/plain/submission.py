"""LogSumExp column by column."""

import numpy as np


def log_sum_exp(x):
    y = np.empty(x.shape[1], x.dtype)
    with np.errstate(divide="ignore", over="ignore"):
        for i in range(x.shape[1]):
            column = x[:, i].astype(np.float32)
            peak = column.max()
            base = peak if np.isfinite(peak) else np.float32(0)
            y[i] = np.log(np.exp(column - base).sum()) + base
    return y
