"""Non-maximum suppression: numbers of boxes × crowding × thresholds × dtypes × layouts.

Coordinates are whole numbers below 1024 and thresholds eighths or sixteenths, so that every comparison is exact in
single precision. float16 holds such coordinates, but not the areas.
"""

import ml_dtypes
import numpy as np


def inputs(rng, count, centres, threshold, dtype="float32", *, size=80, jitter=12, field=1000, distinct=True):
    """Boxes around a few centres, as a detector proposes them; scores are all different unless told."""
    middle = rng.integers(0, field, (max(centres, 1), 2))[rng.integers(0, max(centres, 1), count)]
    corner = middle + rng.integers(-jitter, jitter + 1, (count, 2)) - size // 2
    extent = rng.integers(max(1, size // 2), size + 1, (count, 2))
    boxes = np.clip(np.concatenate([corner, corner + extent], axis=1), 0, field)
    scores = rng.permutation(count) / max(count, 1) if distinct else rng.integers(0, 5, count) / 8
    return {"boxes": boxes.astype(dtype), "scores": scores.astype(np.float32), "threshold": threshold}


def short(rng, count, centres, threshold):
    """Coordinates below 256, which bfloat16 holds exactly."""
    return inputs(rng, count, centres, threshold, ml_dtypes.bfloat16, size=40, jitter=6, field=256)


def nested(rng, count, threshold):
    """Boxes one inside the other; small ones have the higher scores."""
    steps = np.arange(count)
    boxes = np.stack([500 - steps, 500 - steps, 510 + steps, 510 + steps], axis=1).astype(np.float32)
    mixed = rng.permutation(count)
    return {"boxes": boxes[mixed], "scores": (1 - steps / count).astype(np.float32)[mixed], "threshold": threshold}


def touching(rng, count, threshold):
    """Tiles that share an edge but no area, and some of no area at all."""
    columns = np.arange(count) % 20 * 10
    rows = np.arange(count) // 20 * 10
    boxes = np.stack([columns, rows, columns + 10, rows + 10], axis=1).astype(np.float32)
    boxes[::9, 2] = boxes[::9, 0]
    return {"boxes": boxes, "scores": rng.permutation(count).astype(np.float32), "threshold": threshold}


def exactly(rng, pairs, threshold):
    """Pairs whose overlap is exactly half of their union, which a threshold of a half leaves, one beside the other."""
    corner = np.stack([np.arange(pairs) % 9 * 100, np.arange(pairs) // 9 * 100], axis=1)
    first = np.concatenate([corner, corner + [30, 10]], axis=1)
    second = first + [10, 0, 10, 0]
    boxes = np.concatenate([first, second]).astype(np.float32)
    mixed = rng.permutation(2 * pairs)
    return {"boxes": boxes[mixed], "scores": rng.permutation(2 * pairs).astype(np.float32), "threshold": threshold}


def layout(rng, kind):
    made = inputs(rng, 160, 12, 0.5)
    boxes, scores = made["boxes"], made["scores"]
    views = {
        "column-major": (np.asfortranarray(boxes), scores),
        "strided": (boxes[::2], scores[::2]),
        "reversed": (boxes[::-1], scores[::-1]),
    }
    boxes, scores = views[kind]
    return made | {"boxes": boxes, "scores": scores}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(40, 120)) * 2 + 1
    half = np.float16
    yield case("f32-small", "float32", lambda r: inputs(r, 12, 3, 0.5), "12 boxes", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 131, 10, 0.5), "131 boxes", public=True)
    yield case("i32-small", "int32", lambda r: inputs(r, 60, 6, 0.375, np.int32), "60 boxes", public=True)
    yield case("f32-detector", "float32", lambda r: inputs(r, 2000, 60, 0.5), "2000 boxes", public=True, timed=True)
    yield case("f32-crowd", "float32", lambda r: inputs(r, 1009, 400, 0.625, size=60), "1009 boxes, crowd", timed=True)
    yield case("f32-few-survive", "float32", lambda r: inputs(r, 9001, 25, 0.25), "9001 boxes, few survive", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, odd, 9, 0.5), f"{odd} boxes")
    yield case("f32-equal-scores", "float32", lambda r: inputs(r, 150, 12, 0.5, distinct=False), "150 boxes, ties")
    yield case("f32-nested", "float32", lambda r: nested(r, 90, 0.5), "90 boxes, nested")
    yield case("f32-touching", "float32", lambda r: touching(r, 120, 0.0), "120 boxes, touching")
    yield case("f32-exactly-half", "float32", lambda r: exactly(r, 40, 0.5), "80 boxes, exactly half")
    yield case("f32-any-overlap", "float32", lambda r: inputs(r, 140, 30, 0.0), "140 boxes, threshold 0")
    yield case(
        "f32-only-equal", "float32", lambda r: inputs(r, 200, 5, 0.9375, size=6, jitter=2), "200 boxes, threshold 15/16"
    )
    yield case("f32-large-boxes", "float32", lambda r: inputs(r, 120, 9, 0.75, size=900, jitter=90), "120 boxes, large")
    yield case("f32-column-major", "float32", lambda r: layout(r, "column-major"), "160 boxes, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "80 boxes, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "160 boxes, reversed")
    yield case("f16-detector", "float16", lambda r: inputs(r, 150, 15, 0.5, half), "150 boxes")
    yield case(
        "f16-large-boxes", "float16", lambda r: inputs(r, 90, 9, 0.5, half, size=600, jitter=60), "90 boxes, large"
    )
    yield case("bf16-detector", "bfloat16", lambda r: short(r, 120, 10, 0.5), "120 boxes")
    yield case("i32-crowd", "int32", lambda r: inputs(r, 200, 50, 0.625, np.int32), "200 boxes")
    yield case("f32-one-box", "float32", lambda r: inputs(r, 1, 1, 0.5), "1 box", degenerate=True)
    yield case("f32-no-boxes", "float32", lambda r: inputs(r, 0, 1, 0.5), "0 boxes", public=True, degenerate=True)
