"""LogSumExp down the columns of a matrix: shapes × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, rows, columns, dtype="float32", *, scale=1.0, shift=0.0, spread=2.0):
    """Every column has a level of its own, so that results differ."""
    levels = shift + spread * rng.standard_normal(columns, np.float32)
    return {"x": (levels + scale * rng.standard_normal((rows, columns), np.float32)).astype(dtype)}


def masked(rng, rows, columns):
    """Some entries are -infinity, and in the first two columns all of them: the sum is zero and its logarithm -infinity."""
    made = inputs(rng, rows, columns)
    made["x"][rng.random((rows, columns)) < 0.5] = -np.inf
    made["x"][:, :2] = -np.inf
    return made


def with_undefined(rng, rows, columns):
    made = inputs(rng, rows, columns)
    made["x"][2, 1], made["x"][3, 4], made["x"][0, 6] = np.nan, np.inf, np.inf
    made["x"][5, 6] = np.nan
    return made


def layout(rng, kind):
    x = inputs(rng, 66, 90)["x"] + rng.standard_normal((66, 1)).astype(np.float32)
    views = {"transposed": x.T, "strided": x[::2, 1::3], "reversed": x[::-1, ::-1]}
    return {"x": views[kind]}


def equal_rows(rng, rows, columns):
    """Every row is the same: the answer is the row plus the logarithm of their number."""
    return {"x": np.broadcast_to(inputs(rng, 1, columns)["x"], (rows, columns))}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(30, 150)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 5, 7), "5x7", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 31, 113), "31x113", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 12, 40, half), "12x40", public=True)
    yield case("f32-square", "float32", lambda r: inputs(r, 600, 601), "600x601", public=True, timed=True)
    yield case("f32-tall", "float32", lambda r: inputs(r, 9001, 32), "9001x32", timed=True)
    yield case("f32-wide", "float32", lambda r: inputs(r, 20, 12_001), "20x12001", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 23, odd), f"23x{odd}")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 61), "1x61", degenerate=True)
    yield case("f32-two-rows", "float32", lambda r: inputs(r, 2, 83), "2x83")
    yield case("f32-three-columns", "float32", lambda r: inputs(r, 499, 3), "499x3")
    yield case("f32-large-offset", "float32", lambda r: inputs(r, 29, 70, shift=3000.0, spread=50.0), "29x70")
    yield case("f32-very-negative", "float32", lambda r: inputs(r, 29, 70, shift=-900.0, spread=9.0), "29x70")
    yield case("f32-wide-scale", "float32", lambda r: inputs(r, 37, 50, scale=150.0), "37x50")
    yield case("f32-masked", "float32", lambda r: masked(r, 9, 44), "9x44, -inf masks")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 8, 19), "8x19, NaN and inf")
    yield case("f32-equal-rows", "float32", lambda r: equal_rows(r, 100, 33), "100x33, broadcast")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "90x66, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "33x30, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "66x90, reversed")
    yield case("f16-square", "float16", lambda r: inputs(r, 70, 90, half), "70x90")
    yield case("bf16-square", "bfloat16", lambda r: inputs(r, 60, 80, brain), "60x80")
    yield case("f32-no-columns", "float32", lambda r: inputs(r, 4, 0), "4x0", public=True, degenerate=True)
