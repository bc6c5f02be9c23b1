"""One step of Adam with decoupled weight decay, in float64."""

import numpy as np

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8


def reference(parameter, gradient, first, second, step, rate, decay):
    first = BETA1 * first + (1 - BETA1) * gradient
    second = BETA2 * second + (1 - BETA2) * gradient**2
    corrected = first / (1 - BETA1**step)
    spread = np.sqrt(second / (1 - BETA2**step))
    return parameter * (1 - rate * decay) - rate * corrected / (spread + EPSILON), first, second
