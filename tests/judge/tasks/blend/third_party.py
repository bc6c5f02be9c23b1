import numpy as np


def third_party(x, z, share):
    low, high = x.astype(np.float32), z.astype(np.float32)
    return (low + np.float32(share) * (high - low)).astype(x.dtype), np.argmax(x, axis=-1)
