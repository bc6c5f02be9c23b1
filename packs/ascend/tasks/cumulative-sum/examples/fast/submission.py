"""Cumulative sum, two rows at a time.

A scan waits for its own last addition, so a core spends most of it idle. Two rows packed as the
real and imaginary parts of one complex array are scanned by one call in the time of one row; a
single row is cut into halves and the second half gets the first one's total afterwards. Direction
and shift are views, so nothing is copied but the packing itself.
"""

import numpy as np

BLOCK = 16 * 1024  # complex numbers: 256 KiB


def cumulative_sum(x, exclusive, reverse):
    columns = x.shape[-1]
    y = np.empty(x.shape, x.dtype)
    source, result = x.reshape(-1, columns), y.reshape(-1, columns)
    if reverse:
        source, result = source[:, ::-1], result[:, ::-1]
    if exclusive:
        result[:, 0] = 0
        source, result = source[:, :-1], result[:, 1:]
    with np.errstate(invalid="ignore"):
        if len(source) > 1:
            _scan(source, result)
        elif len(source) == 1:
            _scan_row(source[0], result[0])
    return y


def _scan(source, result):
    height = max(1, BLOCK // max(source.shape[1], 1))
    for top in range(0, len(source), 2 * height):
        first, second = slice(top, top + height), slice(top + height, top + 2 * height)
        sums = _packed(source[first], source[second])
        np.cumsum(sums, axis=1, out=sums)
        result[first] = sums.real
        result[second] = sums.imag[: len(result[second])]


def _scan_row(source, result):
    middle = (len(source) + 1) // 2
    sums = _packed(source[:middle], source[middle:])
    np.cumsum(sums, out=sums)
    result[:middle] = sums.real
    if middle:
        result[middle:] = sums.imag[: len(source) - middle] + sums.real[-1]


def _packed(first, second):
    both = np.empty(first.shape, np.complex128)
    both.real = first
    both.imag[: len(second)] = second
    both.imag[len(second) :] = 0
    return both
