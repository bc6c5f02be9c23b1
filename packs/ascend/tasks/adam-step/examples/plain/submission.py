"""One Adam step in single precision."""

import numpy as np


def adam_step(parameter, gradient, first, second, step, rate, decay):
    slope = gradient.astype(np.float32)
    first = np.float32(0.9) * first + np.float32(0.1) * slope
    second = np.float32(0.999) * second + np.float32(0.001) * slope * slope
    change = first * np.float32(rate / (1 - 0.9**step))
    change /= np.sqrt(second * np.float32(1 / (1 - 0.999**step))) + np.float32(1e-8)
    wide = parameter.astype(np.float32) * np.float32(1 - rate * decay) - change
    return wide.astype(parameter.dtype), first, second
