"""SwiGLU with bias: replace the body; keep the name and the parameters."""

import numpy as np


def swiglu(x, bias):
    y = np.empty((*x.shape[:-1], x.shape[-1] // 2), x.dtype)
    # gate, value = the halves of x + bias; y = gate / (1 + exp(-gate)) * value
    y[...] = 0
    return y
