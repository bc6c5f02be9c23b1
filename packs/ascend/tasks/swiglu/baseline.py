"""The implementation to beat: one array operation after the other, in double precision."""

import numpy as np


def swiglu(x, bias):
    with np.errstate(over="ignore", invalid="ignore"):
        wide = x.astype(np.float64) + bias.astype(np.float64)
        gate, value = np.split(wide, 2, axis=-1)
        return (gate / (1 + np.exp(-gate)) * value).astype(x.dtype)
