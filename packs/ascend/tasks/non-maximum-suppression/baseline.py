"""The implementation to beat: keep the best that is left, and drop what overlaps it, until nothing is left."""

import numpy as np


def non_maximum_suppression(boxes, scores, threshold):
    wide = boxes.astype(np.float64)
    order = np.argsort(-scores, kind="stable")
    left, top, right, bottom = wide[order].T
    areas = (right - left) * (bottom - top)
    ranks = np.full(len(boxes), -1, np.int64)
    rest, kept = np.arange(len(boxes)), 0
    while rest.size:
        box, rest = rest[0], rest[1:]
        ranks[order[box]] = kept
        kept += 1
        width = np.minimum(right[rest], right[box]) - np.maximum(left[rest], left[box])
        height = np.minimum(bottom[rest], bottom[box]) - np.maximum(top[rest], top[box])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        rest = rest[shared <= threshold * (areas[rest] + areas[box] - shared)]
    return ranks
