import numpy as np


def blend(x, z, share):
    y = (1 - share) * x.astype(np.float64) + share * z.astype(np.float64)
    return y.astype(x.dtype), np.argmax(x, axis=-1)
