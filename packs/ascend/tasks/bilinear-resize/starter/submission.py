"""Bilinear resize: replace the body; keep the name and the parameters."""

import numpy as np


def bilinear_resize(x, height, width):
    y = np.empty((*x.shape[:2], height, width), x.dtype)
    # The source of row i is at (i + 0.5) * rows / height - 0.5, kept inside the image; columns likewise.
    y[...] = 0
    return y
