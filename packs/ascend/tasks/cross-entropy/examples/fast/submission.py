"""Cross-entropy and its gradient from one pass of exponentials.

The target is never written out: it is a constant for all classes and a correction at the label. Rows
go in blocks that stay in cache, and in float32 the gradient's own memory is the working space.
"""

import numpy as np

BLOCK = 32 * 1024  # elements of float32: 128 KiB


def cross_entropy(logits, labels, ignored, smoothing):
    rows, classes = logits.shape
    loss = np.empty(rows, np.float32)
    gradient = np.empty(logits.shape, logits.dtype)
    step = max(1, BLOCK // classes)
    for start in range(0, rows, step):
        part = slice(start, start + step)
        _block(logits[part], labels[part], ignored, smoothing, loss[part], gradient[part])
    return loss, gradient


def _block(logits, labels, ignored, smoothing, loss, gradient):
    rows, classes = logits.shape
    kept = labels != ignored
    place = (np.arange(rows), np.where(kept, labels, 0))
    work = gradient if gradient.dtype == np.float32 else np.empty(logits.shape, np.float32)
    np.subtract(logits, logits.max(axis=1, keepdims=True), out=work, dtype=np.float32)
    loss[:] = work[place] * np.float32(smoothing - 1)
    if smoothing:
        loss -= np.float32(smoothing / classes) * work.sum(axis=1)
    np.exp(work, out=work)
    totals = work.sum(axis=1)
    loss += np.log(totals)
    work *= (1 / totals)[:, None]
    work[place] -= np.float32(1 - smoothing)
    if smoothing:
        work -= np.float32(smoothing / classes)
    if not kept.all():
        loss[~kept] = 0
        work[~kept] = 0
    if work is not gradient:
        gradient[...] = work
