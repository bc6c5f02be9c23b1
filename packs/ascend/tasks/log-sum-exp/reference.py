"""log of the sum of exponentials along the first axis, in float64."""

import numpy as np


def reference(x):
    peak = x.max(axis=0, initial=-np.inf)
    base = np.where(np.isfinite(peak), peak, 0)
    with np.errstate(divide="ignore", over="ignore"):
        return np.log(np.exp(x - base).sum(axis=0)) + base
