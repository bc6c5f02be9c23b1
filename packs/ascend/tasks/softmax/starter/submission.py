"""Row softmax: replace the body; keep the name and the parameter."""

import numpy as np


def softmax(x):
    y = np.empty(x.shape, x.dtype)
    # Fill y with the softmax of x along its last axis.
    y[...] = 0
    return y
