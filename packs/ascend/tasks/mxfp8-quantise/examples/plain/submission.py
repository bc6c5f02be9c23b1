"""MXFP8, one row at a time, in double precision."""

import ml_dtypes
import numpy as np


def mxfp8_quantise(x):
    rows, columns = x.shape
    starts = np.arange(0, columns, 32)
    codes = np.empty((rows, columns), ml_dtypes.float8_e4m3fn)
    exponents = np.full((rows, len(starts)), -127, np.int8)
    for i in range(rows):
        wide = x[i].astype(np.float64)
        largest = np.maximum.reduceat(np.abs(wide), starts)
        whole = np.clip(np.frexp(largest)[1] - 9, -127, 127)
        exponents[i] = np.where(largest > 0, whole, -127)
        powers = np.exp2(-exponents[i].astype(np.float64)).repeat(32)[:columns]
        codes[i] = np.clip(wide * powers, -448, 448).astype(np.float32)
    return codes, exponents
