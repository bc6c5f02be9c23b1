import numpy as np


def reference(a, b):
    return a + b, np.argmax(a + b, axis=-1)
