"""Cross-entropy with label smoothing per row, and its gradient by the logits, in float64.

The target is (1 - s) on the label plus s / classes everywhere. Ignored rows give zeros.
"""

import numpy as np


def reference(logits, labels, ignored, smoothing):
    rows, classes = logits.shape
    kept = labels != ignored
    place = (np.arange(rows), np.where(kept, labels, 0))
    shifted = logits - logits.max(axis=1, keepdims=True, initial=-np.inf)
    powers = np.exp(shifted)
    totals = powers.sum(axis=1)
    loss = np.log(totals) - (1 - smoothing) * shifted[place]
    gradient = powers / totals[:, None]
    gradient[place] -= 1 - smoothing
    if smoothing:
        loss -= smoothing * shifted.mean(axis=1)
        gradient -= smoothing / classes
    return np.where(kept, loss, 0), np.where(kept[:, None], gradient, 0)
