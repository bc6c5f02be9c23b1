"""Mixture-of-experts routing: replace the body; keep the name and the parameters."""

import numpy as np


def moe_routing(logits, k):
    shape = (len(logits), k)
    # The k largest logits of every row, their softmax, and for each choice how many earlier ones chose the same expert.
    return np.zeros(shape, np.int64), np.zeros(shape, logits.dtype), np.zeros(shape, np.int64)
