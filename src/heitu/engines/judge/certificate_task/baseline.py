import numpy as np


def level(x):
    wide = x.astype(np.float64)
    return (np.sqrt(1.0 + wide * wide) - np.exp(-np.abs(wide))).astype(x.dtype)
