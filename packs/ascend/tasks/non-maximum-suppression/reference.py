"""Greedy suppression: the rank of every kept box among the kept, and -1 for the others; exact on whole coordinates."""

import numpy as np


def reference(boxes, scores, threshold):
    boxes = boxes.astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    left, top, right, bottom = boxes.T
    areas = (right - left) * (bottom - top)
    ranks = np.full(len(boxes), -1, np.int64)
    alive = np.ones(len(boxes), bool)
    kept = 0
    for box in order:
        if not alive[box]:
            continue
        ranks[box] = kept
        kept += 1
        width = np.minimum(right, right[box]) - np.maximum(left, left[box])
        height = np.minimum(bottom, bottom[box]) - np.maximum(top, top[box])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        alive &= ~(shared > threshold * (areas + areas[box] - shared))
    return ranks
