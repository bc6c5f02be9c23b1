"""GroupNorm with SiLU: replace the body; keep the name and the parameters."""

import numpy as np


def group_norm_silu(x, gamma, beta, groups, eps):
    y = np.empty(x.shape, x.dtype)
    # Per sample and group: normalise; per channel: scale and offset; then z / (1 + exp(-z)).
    y[...] = 0
    return y
