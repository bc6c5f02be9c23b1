"""LogSumExp down the columns: replace the body; keep the name and the parameter."""

import numpy as np


def log_sum_exp(x):
    y = np.empty(x.shape[1], x.dtype)
    # y[j] = log of the sum over i of exp(x[i, j])
    y[...] = 0
    return y
