"""SwiGLU: shapes × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, shape, dtype="float32", *, scale=1.0, shift=0.0):
    """`shape` is that of the result: x is twice as wide."""
    wide = (*shape[:-1], 2 * shape[-1])
    return {
        "x": (shift + scale * rng.standard_normal(wide, np.float32)).astype(dtype),
        "bias": (0.5 * rng.standard_normal(wide[-1:], np.float32)).astype(dtype),
    }


def layout(rng, kind):
    x = rng.standard_normal((60, 164)).astype(np.float32)
    views = {"transposed": x.T, "strided": x[::3, ::2], "reversed": x[::-1, ::-1]}
    return {"x": views[kind], "bias": rng.standard_normal(views[kind].shape[1]).astype(np.float32)}


def shared_rows(rng, rows, columns):
    """Every row is the same one, broadcast: its stride is zero."""
    made = inputs(rng, (1, columns))
    return made | {"x": np.broadcast_to(made["x"], (rows, 2 * columns))}


def with_undefined(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    made["x"][1, 2], made["x"][3, columns + 1], made["x"][4, 0] = np.nan, np.nan, np.inf
    made["x"][2, columns + 3] = -np.inf
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(40, 120)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (3, 5)), "3x5", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, (13, 107)), "13x107", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, (7, 40), half), "7x40", public=True)
    yield case("f32-prefill", "float32", lambda r: inputs(r, (128, 1376)), "128x1376", public=True, timed=True)
    yield case("f32-decode", "float32", lambda r: inputs(r, (17, 11_008)), "17x11008", timed=True)
    yield case("f32-experts", "float32", lambda r: inputs(r, (5, 97, 331)), "5x97x331", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, (9, odd)), f"9x{odd}")
    yield case("f32-one-column", "float32", lambda r: inputs(r, (61, 1)), "61x1")
    yield case("f32-vector", "float32", lambda r: inputs(r, (509,)), "509")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, (21, 67), scale=60.0), "21x67")
    yield case("f32-gates-closed", "float32", lambda r: inputs(r, (12, 90), shift=-6.0), "12x90")
    yield case("f32-gates-open", "float32", lambda r: inputs(r, (12, 90), shift=25.0), "12x90")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 8, 29), "8x29, NaN and inf")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "164x30, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "20x41, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "60x82, reversed")
    yield case("f32-shared-rows", "float32", lambda r: shared_rows(r, 19, 35), "19x35, broadcast")
    yield case("f16-wide", "float16", lambda r: inputs(r, (17, 300), half, scale=4.0), "17x300")
    yield case("bf16-wide", "bfloat16", lambda r: inputs(r, (15, 210), brain), "15x210")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, (0, 6)), "0x6", public=True, degenerate=True)
