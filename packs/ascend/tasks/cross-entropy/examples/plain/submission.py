"""Cross-entropy and its gradient, row by row."""

import numpy as np


def cross_entropy(logits, labels, ignored, smoothing):
    rows, classes = logits.shape
    loss = np.zeros(rows, np.float32)
    gradient = np.zeros(logits.shape, logits.dtype)
    for i, label in enumerate(labels):
        if label == ignored:
            continue
        row = logits[i].astype(np.float64)
        row -= row.max()
        powers = np.exp(row)
        total = powers.sum()
        slope = powers / total
        slope[label] -= 1 - smoothing
        loss[i] = np.log(total) - (1 - smoothing) * row[label]
        if smoothing:
            slope -= smoothing / classes
            loss[i] -= smoothing * row.mean()
        gradient[i] = slope
    return loss, gradient
