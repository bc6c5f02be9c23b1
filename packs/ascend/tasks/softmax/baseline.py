"""The implementation to beat: the formula in double precision, one array operation at a time."""

import numpy as np


def softmax(x):
    with np.errstate(invalid="ignore"):
        wide = x.astype(np.float64)
        powers = np.exp(wide - wide.max(axis=-1, keepdims=True))
        return (powers / powers.sum(axis=-1, keepdims=True)).astype(x.dtype)
