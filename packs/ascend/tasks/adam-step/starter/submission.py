"""Adam step: replace the body; keep the name and the parameters."""

import numpy as np


def adam_step(parameter, gradient, first, second, step, rate, decay):
    # See the statement for the three formulas; the moments come back in float32.
    return parameter.copy(), np.zeros(first.shape, np.float32), np.zeros(second.shape, np.float32)
