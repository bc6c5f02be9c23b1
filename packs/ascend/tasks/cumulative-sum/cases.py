"""Cumulative sum: shapes × dtypes × directions × value classes.

The ill-conditioned rows put large numbers that cancel before many small ones: a float32
accumulator has lost the small ones by then.
"""

import ml_dtypes
import numpy as np


def inputs(rng, shape, exclusive=False, reverse=False, dtype="float32", scale=1.0, shift=0.0):
    x = (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype)
    return {"x": x, "exclusive": exclusive, "reverse": reverse}


def cancelling(rng, rows, columns, reverse):
    made = inputs(rng, (rows, columns), reverse=reverse)
    x = made["x"][:, ::-1] if reverse else made["x"]
    big = rng.uniform(1e7, 2e7, (rows, 1)).astype(np.float32)
    x[:, 0:1], x[:, 2:3] = big, -big
    return made


def layout(rng, kind, exclusive, reverse):
    x = rng.standard_normal((58, 82)).astype(np.float32)
    views = {
        "transposed": x.T,
        "strided": x[::2, 1::3],
        "reversed": x[:, ::-1],
        "broadcast": np.broadcast_to(x[3], (7, 82)),
    }
    return {"x": views[kind], "exclusive": exclusive, "reverse": reverse}


def with_undefined(rng, rows, columns, reverse, exclusive):
    made = inputs(rng, (rows, columns), exclusive, reverse)
    made["x"][1, 9] = np.nan
    made["x"][3, 4] = np.inf
    made["x"][5, 6], made["x"][5, 20] = -np.inf, np.inf
    return made


def counts(rng, rows, columns):
    return {"x": rng.integers(0, 3, (rows, columns)).astype(np.float32), "exclusive": True, "reverse": False}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(100, 300)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (3, 7)), shape="3x7", public=True)
    yield case("f32-exclusive", "float32", lambda r: inputs(r, (5, 31), True), shape="5x31", public=True)
    yield case("f32-reverse", "float32", lambda r: inputs(r, (5, 31), False, True), shape="5x31", public=True)
    yield case("f32-rows", "float32", lambda r: inputs(r, (200, 1024)), shape="200x1024", public=True, timed=True)
    yield case(
        "f32-reverse-rows", "float32", lambda r: inputs(r, (127, 2048), False, True), shape="127x2048", timed=True
    )
    yield case("f32-one-long-row", "float32", lambda r: inputs(r, (240_001,), True), shape="240001", timed=True)
    yield case(
        "f32-exclusive-reverse", "float32", lambda r: inputs(r, (4, 97, 501), True, True), shape="4x97x501", timed=True
    )
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, (19, n), True), shape=f"19x{odd}")
    yield case("f32-positive", "float32", lambda r: inputs(r, (11, 4099), shift=3.0), shape="11x4099")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, (23, 257), scale=1e6), shape="23x257")
    yield case("f32-cancelling", "float32", lambda r: cancelling(r, 13, 1021, False), shape="13x1021")
    yield case("f32-cancelling-reverse", "float32", lambda r: cancelling(r, 13, 509, True), shape="13x509")
    yield case("f32-counts", "float32", lambda r: counts(r, 17, 333), shape="17x333")
    yield case("f32-all-equal", "float32", lambda r: inputs(r, (9, 65), scale=0.0, shift=0.1), shape="9x65")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed", False, True), shape="82x58, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided", True, False), shape="29x27, strided")
    yield case("f32-backwards", "float32", lambda r: layout(r, "reversed", True, True), shape="58x82, reversed")
    yield case("f32-broadcast", "float32", lambda r: layout(r, "broadcast", False, False), shape="7x82, broadcast")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 8, 40, False, False), shape="8x40, NaN and inf")
    yield case(
        "f32-undefined-exclusive", "float32", lambda r: with_undefined(r, 8, 40, True, True), shape="8x40, NaN and inf"
    )
    yield case("f16-rows", "float16", lambda r: inputs(r, (37, 700), False, False, half), shape="37x700")
    yield case("f16-long", "float16", lambda r: inputs(r, (3, 5000), True, True, half, shift=0.5), shape="3x5000")
    yield case("bf16-rows", "bfloat16", lambda r: inputs(r, (29, 410), False, True, brain), shape="29x410")
    yield case("f32-one-column", "float32", lambda r: inputs(r, (6, 1)), shape="6x1", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, (0, 5), True), shape="0x5", public=True, degenerate=True)
