"""Segment sum: shapes × dtypes × layouts × distributions of the segment numbers."""

import ml_dtypes
import numpy as np


def inputs(rng, rows, columns, segments, dtype="float32", *, scale=1.0, ignored=0.0):
    ids = rng.integers(0, segments, rows)
    ids[rng.random(rows) < ignored] = -1
    return {
        "data": (scale * rng.standard_normal((rows, columns), np.float32)).astype(dtype),
        "ids": ids,
        "segments": segments,
    }


def numbered(rng, rows, columns, segments, choose):
    made = inputs(rng, rows, columns, segments)
    return made | {"ids": choose(rng, rows, segments).astype(np.int64)}


def skewed(rng, rows, segments):
    """A few segments take most rows, as node degrees in a graph do."""
    return np.minimum(rng.zipf(1.4, rows) - 1, segments - 1)


def in_order(rng, rows, segments):
    return np.sort(rng.integers(0, segments, rows))


def single(rng, rows, segments):
    return np.full(rows, segments // 2)


def every_other(rng, rows, segments):
    return 2 * rng.integers(0, segments // 2, rows)


def whole(rng, rows, columns, segments, bound):
    made = inputs(rng, rows, columns, segments, ignored=0.1)
    return made | {"data": rng.integers(-bound, bound, (rows, columns)).astype(np.int32)}


def layout(rng, kind):
    made = inputs(rng, 66, 90, 21)
    data, ids = made["data"], made["ids"]
    views = {
        "transposed": (np.asfortranarray(data), ids),
        "strided": (data[::2, 1::2], ids[::2]),
        "reversed": (data[::-1], ids[::-1]),
    }
    data, ids = views[kind]
    return made | {"data": data, "ids": ids}


def cancelling(rng, rows, columns, segments):
    """Every value comes twice, once with the opposite sign, beside a small one that remains."""
    made = inputs(rng, rows, columns, segments)
    big = np.round(rng.standard_normal((rows, columns)) * 2**20).astype(np.float32)
    data = np.concatenate([big, made["data"], -big])
    return {"data": data, "ids": np.tile(made["ids"], 3), "segments": segments}


def with_undefined(rng, rows, columns, segments):
    made = inputs(rng, rows, columns, segments)
    made["data"][4, 1], made["data"][7, 0] = np.nan, np.inf
    made["data"][9] = np.nan
    made["ids"][9] = -1
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(100, 300)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 9, 3, 4), shape="9x3 → 4", public=True)
    yield case("f32-ignored", "float32", lambda r: inputs(r, 61, 5, 7, ignored=0.3), shape="61x5 → 7", public=True)
    yield case("i32-small", "int32", lambda r: whole(r, 50, 4, 6, 1000), shape="50x4 → 6", public=True)
    yield case(
        "f32-graph", "float32", lambda r: inputs(r, 4000, 32, 500), shape="4000x32 → 500", public=True, timed=True
    )
    yield case("f32-skewed", "float32", lambda r: numbered(r, 3001, 48, 301, skewed), shape="3001x48 → 301", timed=True)
    yield case("f32-tall", "float32", lambda r: inputs(r, 30_011, 3, 977), shape="30011x3 → 977", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, n, 11, 13), shape=f"{odd}x11 → 13")
    yield case("f32-sorted", "float32", lambda r: numbered(r, 511, 13, 37, in_order), shape="511x13 → 37")
    yield case("f32-one-segment", "float32", lambda r: inputs(r, 700, 9, 1), shape="700x9 → 1")
    yield case("f32-empty-segments", "float32", lambda r: numbered(r, 83, 6, 40, every_other), shape="83x6 → 40")
    yield case("f32-single-target", "float32", lambda r: numbered(r, 97, 8, 5, single), shape="97x8 → 5")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 997, 1, 31), shape="997x1 → 31")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 203, 7, 11, scale=1e8), shape="203x7 → 11")
    yield case("f32-cancelling", "float32", lambda r: cancelling(r, 120, 10, 17), shape="360x10 → 17")
    yield case("f32-column-major", "float32", lambda r: layout(r, "transposed"), shape="66x90 → 21, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), shape="33x45 → 21, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), shape="66x90 → 21, reversed")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 40, 3, 8), shape="40x3 → 8, NaN and inf")
    yield case("f16-graph", "float16", lambda r: inputs(r, 900, 16, 23, half), shape="900x16 → 23")
    yield case("f16-many", "float16", lambda r: inputs(r, 5000, 2, 3, half, scale=0.1), shape="5000x2 → 3")
    yield case("bf16-graph", "bfloat16", lambda r: inputs(r, 400, 24, 19, brain, ignored=0.1), shape="400x24 → 19")
    yield case("i32-large", "int32", lambda r: whole(r, 777, 9, 13, 2_000_000), shape="777x9 → 13")
    yield case(
        "f32-all-ignored", "float32", lambda r: inputs(r, 12, 4, 3, ignored=2.0), shape="12x4 → 3", degenerate=True
    )
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 4, 3), shape="0x4 → 3", public=True, degenerate=True)
