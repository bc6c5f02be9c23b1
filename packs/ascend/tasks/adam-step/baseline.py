"""The implementation to beat: the formulas one array operation at a time, in double precision."""

import numpy as np


def adam_step(parameter, gradient, first, second, step, rate, decay):
    slope = gradient.astype(np.float64)
    first = 0.9 * first + 0.1 * slope
    second = 0.999 * second + 0.001 * slope**2
    change = first / (1 - 0.9**step) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    wide = parameter.astype(np.float64) * (1 - rate * decay) - rate * change
    return wide.astype(parameter.dtype), first.astype(np.float32), second.astype(np.float32)
