"""Non-maximum suppression: each box, best first, is compared with those that were kept before it."""

import numpy as np


def non_maximum_suppression(boxes, scores, threshold):
    wide = boxes.astype(np.float32)
    ranks = np.full(len(boxes), -1, np.int64)
    kept, areas, count = np.empty_like(wide), np.empty(len(boxes), np.float32), 0
    for box in np.argsort(-scores, kind="stable"):
        own = wide[box]
        area = (own[2] - own[0]) * (own[3] - own[1])
        others = kept[:count]
        width = np.minimum(others[:, 2], own[2]) - np.maximum(others[:, 0], own[0])
        height = np.minimum(others[:, 3], own[3]) - np.maximum(others[:, 1], own[1])
        shared = np.maximum(width, 0) * np.maximum(height, 0)
        if not (shared > np.float32(threshold) * (areas[:count] + area - shared)).any():
            ranks[box] = count
            kept[count], areas[count] = own, area
            count += 1
    return ranks
