"""Cross-entropy: replace the body; keep the name and the parameters."""

import numpy as np


def cross_entropy(logits, labels, ignored, smoothing):
    loss = np.zeros(logits.shape[0], np.float32)
    gradient = np.zeros(logits.shape, logits.dtype)
    # Fill both in; rows whose label equals `ignored` stay zero.
    return loss, gradient
