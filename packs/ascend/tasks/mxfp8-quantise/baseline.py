"""The implementation to beat: exponents by `frexp`, scaling by `ldexp`, conversion by `ml_dtypes`."""

import ml_dtypes
import numpy as np


def mxfp8_quantise(x):
    rows, columns = x.shape
    blocks = -(-columns // 32)
    padded = np.zeros((rows, blocks * 32), np.float32)
    padded[:, :columns] = x
    parts = padded.reshape(rows, blocks, 32)
    largest = np.abs(parts).max(axis=-1)
    exponents = np.where(largest > 0, np.clip(np.frexp(largest)[1] - 9, -127, 127), -127)
    scaled = np.ldexp(parts, -exponents[:, :, None])
    codes = np.clip(scaled, -448, 448).astype(ml_dtypes.float8_e4m3fn)
    return codes.reshape(rows, blocks * 32)[:, :columns], exponents.astype(np.int8)
