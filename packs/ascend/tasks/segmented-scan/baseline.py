"""The implementation to beat: one running sum in a wide type, less what it was before the last head."""

import numpy as np


def segmented_scan(x, heads):
    total = np.cumsum(x, dtype=np.int64 if x.dtype.kind == "i" else np.float64)
    last = np.maximum.accumulate(np.where(heads, np.arange(len(x)), 0))
    before = np.concatenate([np.zeros(1, total.dtype), total])
    return (total - before[last]).astype(x.dtype)
