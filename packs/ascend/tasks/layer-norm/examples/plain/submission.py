"""Layer normalisation row by row, with the statistics in float64."""

import numpy as np


def layer_norm(x, gamma, beta, eps):
    rows = x.reshape(-1, x.shape[-1])
    y = np.empty(rows.shape, x.dtype)
    gain, offset = gamma.astype(np.float64), beta.astype(np.float64)
    with np.errstate(invalid="ignore"):
        for i, row in enumerate(rows):
            centred = row.astype(np.float64)
            centred -= centred.mean()
            y[i] = centred / np.sqrt(np.mean(centred**2) + eps) * gain + offset
    return y.reshape(x.shape)
