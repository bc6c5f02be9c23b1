"""Top-K by partial selection on integer keys.

The bits of a float, with the magnitude of negatives inverted, sort like the float itself. Joined
with the index below them they make 64-bit keys without ties, so that an unstable partition and a
sort of k keys give the same answer as a full stable sort.
"""

import numpy as np


def top_k(x, k):
    columns = x.shape[1]
    # Adding 0 turns -0 into 0, which must compare equal.
    bits = (x.astype(np.float32) + np.float32(0)).view(np.int32)
    rising = bits ^ ((bits >> 31) & 0x7FFFFFFF)
    keys = ((~rising).astype(np.int64) << 32) | np.arange(columns)
    if k < columns:
        keys = np.partition(keys, k - 1, axis=-1)[:, :k]
    indices = np.sort(keys, axis=-1) & 0xFFFFFFFF
    return np.take_along_axis(x, indices, axis=-1), indices
