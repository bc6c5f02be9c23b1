"""MXFP8 on the bits of single precision, a block of rows at a time.

The exponent of the largest number is in its bits. A code of e4m3 is the upper bits of a scaled number, rounded by an
addition; where the code is subnormal, adding 2¹⁴ rounds to its steps of 2⁻⁹ by itself.
"""

import ml_dtypes
import numpy as np

BLOCK = 32 * 1024


def mxfp8_quantise(x):
    rows, columns = x.shape
    blocks = -(-columns // 32)
    codes = np.empty((rows, columns), np.uint8)
    exponents = np.empty((rows, blocks), np.int8)
    step = max(1, BLOCK // max(1, columns))
    padded = np.zeros((min(step, rows), blocks * 32), np.float32)
    for start in range(0, rows, step):
        part = x[start : start + step]
        work = padded[: len(part)]
        work[:, :columns] = part
        parts = work.reshape(len(part), blocks, 32)
        largest = np.abs(parts).max(axis=-1)
        whole = np.where(largest > 0, np.maximum(np.frexp(largest)[1] - 9, -127), -127)
        exponents[start : start + step] = whole
        # Two factors, since 2^127 alone is as far as single precision goes.
        size = parts * np.ldexp(np.float32(1), -whole // 2)[:, :, None]
        size *= np.ldexp(np.float32(1), -whole - (-whole // 2))[:, :, None]
        signs = size.view(np.uint32) >> 24 & 128
        np.abs(size, out=size)
        np.minimum(size, 448, out=size)
        bits = size.view(np.uint32)
        low = (size + np.float32(16384)).view(np.uint32) - np.uint32(0x46800000)
        high = (bits + (bits >> 20 & 1) + np.uint32(0x7FFFF) >> 20) - np.uint32(120 << 3)
        found = np.where(size < np.float32(2**-6), low, high) | signs
        codes[start : start + step] = found.reshape(len(part), -1)[:, :columns]
    return codes.view(ml_dtypes.float8_e4m3fn), exponents
