"""The implementation to beat: log-softmax, a dense target, loss and gradient as whole-array operations."""

import numpy as np


def cross_entropy(logits, labels, ignored, smoothing):
    rows, classes = logits.shape
    kept = labels != ignored
    wide = logits.astype(np.float64)
    shifted = wide - wide.max(axis=1, keepdims=True)
    log_shares = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    target = np.full((rows, classes), smoothing / classes)
    target[np.arange(rows), np.where(kept, labels, 0)] += 1 - smoothing
    # A masked class has no share and no target: 0 · infinity counts as 0.
    terms = np.zeros((rows, classes))
    np.multiply(target, log_shares, out=terms, where=target > 0)
    loss = np.where(kept, -terms.sum(axis=1), 0)
    gradient = np.where(kept[:, None], np.exp(log_shares) - target, 0)
    return loss.astype(np.float32), gradient.astype(logits.dtype)
