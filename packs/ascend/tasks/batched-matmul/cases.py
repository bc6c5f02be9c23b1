"""Batches of small products: shapes × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, batch, m, n, k, dtype="float32", *, scale=1.0, shift=0.0):
    return {
        "a": (shift + scale * rng.standard_normal((batch, m, k), np.float32)).astype(dtype),
        "b": (scale * rng.standard_normal((batch, n, k), np.float32)).astype(dtype),
    }


def layout(rng, kind):
    made = inputs(rng, 14, 18, 12, 22)
    views = {
        "transposed": lambda v: v.transpose(0, 2, 1),
        "strided": lambda v: v[::2, ::-1, ::2],
        "batch-last": lambda v: np.moveaxis(np.ascontiguousarray(np.moveaxis(v, 0, 2)), 2, 0),
    }
    made = {name: views[kind](value) for name, value in made.items()}
    if kind == "transposed":  # now 22 × 18 and 22 × 12: cut to a common depth
        made["a"] = made["a"][:, :, :12]
    return made


def shared(rng, batch, m, n, k):
    """One b for the whole batch, broadcast."""
    made = inputs(rng, batch, m, n, k)
    return made | {"b": np.broadcast_to(made["b"][:1], made["b"].shape)}


def cancelling(rng, batch, m, n, k):
    """The first and second half of a sum nearly cancel; whole numbers keep that exact in single precision."""
    made = inputs(rng, batch, m, n, 3 * k)
    a, b = (np.round(v * 32) for v in made.values())
    a[:, :, k : 2 * k], b[:, :, k : 2 * k] = -a[:, :, :k], b[:, :, :k]
    a[:, :, 2 * k :] /= 64
    return {"a": a.astype(np.float32), "b": b.astype(np.float32)}


def with_undefined(rng, batch, m, n, k):
    made = inputs(rng, batch, m, n, k)
    made["a"][1, 2, 0], made["b"][3, 1, 2], made["a"][4, 0, 1] = np.nan, np.nan, np.inf
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(2, 12)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 2, 4, 5), "3 of 2x5 · 5x4", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 11, 7, 5, 13), "11 of 7x13 · 13x5", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 6, 8, 8, 16, half), "6 of 8x16 · 16x8", public=True)
    yield case(
        "f32-frames", "float32", lambda r: inputs(r, 8000, 4, 4, 4), "8000 of 4x4 · 4x4", public=True, timed=True
    )
    yield case("f32-windows", "float32", lambda r: inputs(r, 1201, 16, 16, 32), "1201 of 16x32 · 32x16", timed=True)
    yield case("f32-experts", "float32", lambda r: inputs(r, 901, 11, 29, 37), "901 of 11x37 · 37x29", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 9, odd, odd + 2, 10), f"9 of {odd}x10 · 10x{odd + 2}")
    yield case("f32-one-each", "float32", lambda r: inputs(r, 40, 1, 1, 17), "40 of 1x17 · 17x1")
    yield case("f32-outer", "float32", lambda r: inputs(r, 21, 6, 9, 1), "21 of 6x1 · 1x9")
    yield case("f32-single", "float32", lambda r: inputs(r, 1, 33, 35, 31), "1 of 33x31 · 31x35")
    yield case("f32-deep", "float32", lambda r: inputs(r, 3, 4, 5, 700), "3 of 4x700 · 700x5")
    yield case("f32-wide", "float32", lambda r: inputs(r, 4, 3, 90, 8), "4 of 3x8 · 8x90")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 8, 9, 10, 12, scale=30.0), "8 of 9x12 · 12x10")
    yield case("f32-offset", "float32", lambda r: inputs(r, 8, 9, 10, 12, shift=30.0), "8 of 9x12 · 12x10")
    yield case("f32-cancelling", "float32", lambda r: cancelling(r, 6, 7, 8, 9), "6 of 7x27 · 27x8")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 6, 5, 4, 6), "6 of 5x6 · 6x4, NaN and inf")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "14 of 22x12 · 12x22, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "7 of 18x11 · 11x12, strided")
    yield case("f32-batch-last", "float32", lambda r: layout(r, "batch-last"), "14 of 18x22 · 22x12, batch last")
    yield case("f32-shared", "float32", lambda r: shared(r, 10, 6, 7, 14), "10 of 6x14 · 14x7, broadcast")
    yield case("f16-windows", "float16", lambda r: inputs(r, 12, 16, 16, 32, half), "12 of 16x32 · 32x16")
    yield case("bf16-windows", "bfloat16", lambda r: inputs(r, 10, 12, 15, 24, brain), "10 of 12x24 · 24x15")
    yield case("f32-no-depth", "float32", lambda r: inputs(r, 5, 3, 2, 0), "5 of 3x0 · 0x2", degenerate=True)
    yield case(
        "f32-no-batch", "float32", lambda r: inputs(r, 0, 3, 4, 5), "0 of 3x5 · 5x4", public=True, degenerate=True
    )
