"""Row softmax, row by row, as one would write it on the board."""

import numpy as np


def softmax(x):
    rows = x.reshape(-1, x.shape[-1])
    y = np.empty(rows.shape, x.dtype)
    with np.errstate(invalid="ignore"):
        for i, row in enumerate(rows):
            wide = row.astype(np.float32)
            powers = np.exp(wide - wide.max())
            y[i] = powers / powers.sum()
    return y.reshape(x.shape)
