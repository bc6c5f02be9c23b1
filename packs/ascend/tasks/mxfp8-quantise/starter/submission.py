"""MXFP8 block quantisation: replace the body; keep the name and the parameter."""

import numpy as np


def mxfp8_quantise(x):
    import ml_dtypes

    codes = np.zeros(x.shape, ml_dtypes.float8_e4m3fn)
    # Per block of 32: exponent = floor(log2(largest)) - 8; code = e4m3 of x / 2^exponent, at most 448 in size.
    return codes, np.zeros((len(x), -(-x.shape[1] // 32)), np.int8)
