"""Segmented scan of a vector: lengths × densities of heads × dtypes × layouts × value classes. Numbers are finite."""

import ml_dtypes
import numpy as np


def inputs(rng, count, dtype="float32", *, every=20.0, scale=1.0, shift=0.3):
    """A head every so many elements, on average."""
    return {
        "x": (scale * (shift + rng.standard_normal(count, np.float32))).astype(dtype),
        "heads": (rng.random(count) < 1 / every).astype(np.uint8),
    }


def marked(rng, count, places):
    made = inputs(rng, count)
    heads = np.zeros(count, np.uint8)
    heads[places] = 1
    return made | {"heads": heads}


def whole(rng, count, bound, every):
    made = inputs(rng, count, every=every)
    return made | {"x": rng.integers(-bound, bound, count).astype(np.int32)}


def loud_segment(rng, count):
    """One segment is a million times larger than its neighbours, which must not suffer."""
    made = marked(rng, count, [count // 3, count // 2])
    made["x"][count // 3 : count // 2] *= 1e6
    return made


def layout(rng, kind):
    made = inputs(rng, 900)
    views = {"strided": lambda a: a[::3], "reversed": lambda a: a[::-1], "column": lambda a: a.reshape(30, 30)[:, 4]}
    return {n: views[kind](v) for n, v in made.items()}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(200, 900)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 12, every=4.0), "12", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 509), "509", public=True)
    yield case("i32-small", "int32", lambda r: whole(r, 200, 1000, 10.0), "200", public=True)
    yield case(
        "f32-short-segments",
        "float32",
        lambda r: inputs(r, 200_000, every=12.0),
        "200000, short",
        public=True,
        timed=True,
    )
    yield case("f32-long-segments", "float32", lambda r: inputs(r, 170_003, every=5000.0), "170003, long", timed=True)
    yield case("i32-rows", "int32", lambda r: whole(r, 250_007, 1000, 100.0), "250007, int32", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, odd, every=30.0), f"{odd}")
    yield case("f32-no-heads", "float32", lambda r: marked(r, 333, []), "333, no head")
    yield case("f32-one-head", "float32", lambda r: marked(r, 400, [123]), "400, one head")
    yield case("f32-head-first", "float32", lambda r: marked(r, 100, [0]), "100, head first")
    yield case("f32-head-last", "float32", lambda r: marked(r, 301, [300]), "301, head last")
    yield case("f32-pairs", "float32", lambda r: marked(r, 600, np.arange(0, 600, 2)), "600, pairs")
    yield case("f32-one-sided", "float32", lambda r: inputs(r, 3000, every=800.0, shift=5.0), "3000")
    yield case("f32-loud-segment", "float32", lambda r: loud_segment(r, 900), "900")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 700, scale=1e8), "700")
    yield case("f32-small-scale", "float32", lambda r: inputs(r, 700, scale=1e-3), "700")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "300, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "900, reversed")
    yield case("f32-column", "float32", lambda r: layout(r, "column"), "30, a column")
    yield case("f16-short", "float16", lambda r: inputs(r, 800, half, every=15.0), "800")
    yield case("bf16-short", "bfloat16", lambda r: inputs(r, 700, brain, every=15.0), "700")
    yield case("i32-large", "int32", lambda r: whole(r, 1000, 2_000_000, 50.0), "1000")
    yield case("f32-all-heads", "float32", lambda r: marked(r, 50, np.arange(50)), "50, all heads", degenerate=True)
    yield case("f32-empty", "float32", lambda r: inputs(r, 0), "0", public=True, degenerate=True)
