"""Non-maximum suppression: replace the body; keep the name and the parameters."""

import numpy as np


def non_maximum_suppression(boxes, scores, threshold):
    # Best score first: a box is kept unless its overlap with a kept one is more than threshold times their union.
    return np.full(len(boxes), -1, np.int64)
