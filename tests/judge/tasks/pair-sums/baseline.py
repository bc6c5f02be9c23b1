import numpy as np


def pair_sums(a, b):
    total = a + b
    return total, np.argmax(total, axis=-1)
