"""Paged attention, decoding step: replace the body; keep the name and the parameters."""

import numpy as np


def paged_attention(query, keys, values, tables, lengths):
    y = np.empty(query.shape, query.dtype)
    # Token t of sequence s is at [tables[s, t // page], t % page] of keys and values, for t < lengths[s].
    y[...] = 0
    return y
