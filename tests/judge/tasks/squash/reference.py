import numpy as np


def reference(x, factor):
    return np.tanh(x) * factor
