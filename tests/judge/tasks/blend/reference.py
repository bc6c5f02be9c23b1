import numpy as np


def reference(x, z, share):
    return x + share * (z - x), np.argmax(x, axis=-1)
