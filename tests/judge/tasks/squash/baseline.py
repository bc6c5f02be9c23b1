import numpy as np


def squash(x, factor):
    wide = x.astype(np.float64)
    rising, falling = np.exp(np.minimum(2 * wide, 80)), np.float64(1)
    result = (rising - falling) / (rising + falling) * factor
    return np.where(wide == np.inf, factor, result).astype(x.dtype)
