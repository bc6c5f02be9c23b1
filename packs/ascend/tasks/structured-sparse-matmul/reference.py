"""The stored two of every four put back in their places, times x, in float64."""

import numpy as np


def reference(values, places, x):
    m, kept = values.shape
    dense = np.zeros((m, 2 * kept))
    columns = np.arange(kept) // 2 * 4 + places
    np.put_along_axis(dense, columns, values, axis=1)
    return dense @ x
