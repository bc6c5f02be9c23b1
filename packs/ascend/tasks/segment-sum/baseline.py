"""The implementation to beat: unbuffered addition at repeated indices, in a wide accumulator."""

import numpy as np


def segment_sum(data, ids, segments):
    wide = np.int64 if data.dtype.kind == "i" else np.float64
    y = np.zeros((segments, data.shape[1]), wide)
    kept = ids >= 0
    np.add.at(y, ids[kept], data[kept].astype(wide))
    return y.astype(data.dtype)
