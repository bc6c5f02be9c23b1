"""Segmented scan by folding the restart into the numbers: at a head, subtract the sum of the segment before it.

Then an ordinary running sum starts anew by itself. `reduceat` gives the sums of the segments.
"""

import numpy as np


def segmented_scan(x, heads):
    if not len(x):
        return x.copy()
    starts = np.flatnonzero(heads)
    if not len(starts) or starts[0]:
        starts = np.concatenate([[0], starts])
    wide = x.astype(np.int64 if x.dtype.kind == "i" else np.float64)
    sums = np.add.reduceat(wide, starts)
    wide[starts[1:]] -= sums[:-1]
    return np.cumsum(wide, out=wide).astype(x.dtype)
