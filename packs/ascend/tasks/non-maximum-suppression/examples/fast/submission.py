"""Non-maximum suppression in blocks of the best boxes that are left: their mutual overlaps are one matrix.

Within a block the greedy choice walks over rows of that matrix, packed into bits of Python integers; then all that is
left is compared with the block's survivors at once.
"""

import numpy as np

BLOCK = 64


def overlapping(one, other, threshold):
    """Whether each of `one` overlaps each of `other`; both are left, top, right, bottom and area."""
    width = np.minimum(one[2][:, None], other[2]) - np.maximum(one[0][:, None], other[0])
    height = np.minimum(one[3][:, None], other[3]) - np.maximum(one[1][:, None], other[1])
    np.maximum(width, 0, out=width)
    np.maximum(height, 0, out=height)
    width *= height
    return width > threshold * (one[4][:, None] + other[4] - width)


def non_maximum_suppression(boxes, scores, threshold):
    order = np.argsort(-scores, kind="stable")
    sides = np.ascontiguousarray(boxes[order].astype(np.float32).T)
    sides = np.concatenate([sides, [(sides[2] - sides[0]) * (sides[3] - sides[1])]])
    limit = np.float32(threshold)
    ranks = np.full(len(boxes), -1, np.int64)
    rest, kept = np.arange(len(boxes)), 0
    while rest.size:
        block, rest = rest[:BLOCK], rest[BLOCK:]
        mutual = overlapping(sides[:, block], sides[:, block], limit)
        rows = [int.from_bytes(row.tobytes(), "little") for row in np.packbits(mutual, axis=1, bitorder="little")]
        dropped, survivors = 0, []
        for n in range(len(block)):
            if not dropped >> n & 1:
                survivors.append(n)
                dropped |= rows[n]
        chosen = block[survivors]
        ranks[order[chosen]] = np.arange(kept, kept + len(chosen))
        kept += len(chosen)
        if rest.size:
            rest = rest[~overlapping(sides[:, chosen], sides[:, rest], limit).any(axis=0)]
    return ranks
