"""Segment sum column by column, each as one weighted count.

`bincount` adds in double precision, which is exact for sums of 32-bit integers below 2⁵³. Taking one
column at a time keeps the temporaries small enough to stay in cache and to be used again. Ignored
rows are counted into one extra segment at the front, which is then dropped.
"""

import numpy as np


def segment_sum(data, ids, segments):
    y = np.empty((segments, data.shape[1]), data.dtype)
    places = np.maximum(ids, -1) + 1
    for column in range(data.shape[1]):
        y[:, column] = np.bincount(places, weights=data[:, column], minlength=segments + 1)[1:]
    return y
