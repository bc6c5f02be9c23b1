"""Layer normalisation: replace the body; keep the name and the parameters."""

import numpy as np


def layer_norm(x, gamma, beta, eps):
    y = np.empty(x.shape, x.dtype)
    # Fill y: centre and scale each row of x, then multiply by gamma and add beta.
    y[...] = 0
    return y
