"""The step as frameworks take it: in single precision, rounded once at the end."""

import numpy as np


def third_party(parameter, gradient, first, second, step, rate, decay):
    slope = gradient.astype(np.float32)
    first = first + np.float32(0.1) * (slope - first)
    second = np.float32(0.999) * second + np.float32(0.001) * (slope * slope)
    spread = np.sqrt(second) / np.float32(np.sqrt(1 - 0.999**step)) + np.float32(1e-8)
    kept = parameter.astype(np.float32) * np.float32(1 - rate * decay)
    change = np.float32(rate / (1 - 0.9**step)) * (first / spread)
    return (kept - change).astype(parameter.dtype), first, second
