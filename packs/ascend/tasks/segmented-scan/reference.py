"""Prefix sums that start anew where heads is 1: one segment after the other, in float64 or int64."""

import numpy as np


def reference(x, heads):
    wide = x.astype(np.int64 if x.dtype.kind == "i" else np.float64)
    starts = np.flatnonzero(heads)
    if len(starts) > 64:  # many short segments: all of their sums at once, taken off at the head
        before = np.concatenate([[0], np.cumsum(wide)])
        last = np.maximum.accumulate(np.where(heads, np.arange(len(x)), 0))
        return before[1:] - before[last]
    y = np.empty_like(wide)
    for first, end in zip([0, *starts], [*starts, len(x)], strict=True):
        np.cumsum(wide[first:end], out=y[first:end])
    return y
