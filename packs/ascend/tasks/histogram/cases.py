"""Histogram: shapes × bins × dtypes × layouts × distributions.

All numbers are multiples of 2⁻⁸ and the bins' width is a power of two, so that even single precision finds every bin
exactly, and borders are hit often.
"""

import ml_dtypes
import numpy as np


def snapped(x, dtype="float32"):
    return (np.round(np.clip(x, -100, 100) * 256) / 256).astype(np.float32).astype(dtype)


def inputs(rng, rows, columns, bins, low, high, dtype="float32", *, scale=1.0, shift=0.0):
    x = snapped(shift + scale * rng.standard_normal((rows, columns)), dtype)
    return {"x": x, "bins": bins, "low": low, "high": high}


def even(rng, rows, columns, bins, low, high):
    made = inputs(rng, rows, columns, bins, low, high)
    return made | {"x": snapped(rng.uniform(low, high, (rows, columns)))}


def borders(rng, rows, columns, bins, low, high):
    """Nothing but borders of bins, both ends of the range among them, and the next numbers outside."""
    made = inputs(rng, rows, columns, bins, low, high)
    x = low + (high - low) / bins * rng.integers(0, bins + 1, (rows, columns))
    x[:, ::7] = low - 1 / 256
    x[:, 3::7] = high + 1 / 256
    return made | {"x": x.astype(np.float32)}


def crowded(rng, rows, columns, bins, low, high):
    """Nine of ten are in one bin: counters wait for themselves."""
    made = inputs(rng, rows, columns, bins, low, high)
    made["x"][rng.random((rows, columns)) < 0.9] = low + (high - low) * 0.375
    return made


def ordered(rng, rows, columns, bins, low, high):
    made = even(rng, rows, columns, bins, low, high)
    return made | {"x": np.sort(made["x"], axis=1)}


def with_undefined(rng, rows, columns, bins, low, high):
    made = inputs(rng, rows, columns, bins, low, high)
    where = rng.random((rows, columns))
    made["x"][where < 0.1] = np.nan
    made["x"][(where > 0.1) & (where < 0.2)] = np.inf
    made["x"][(where > 0.2) & (where < 0.3)] = -np.inf
    made["x"][0] = np.nan
    return made


def layout(rng, kind):
    x = snapped(rng.standard_normal((60, 90)))
    views = {"transposed": x.T, "strided": x[::2, ::3], "broadcast": np.broadcast_to(x[:1], x.shape)}
    return {"x": views[kind], "bins": 32, "low": -2.0, "high": 2.0}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(50, 200)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 30, 8, -2.0, 2.0), "2x30, 8 bins", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 7, 211, 24, -3.0, 3.0), "7x211, 24 bins", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 3, 100, 16, -1.0, 1.0, half), "3x100, 16 bins", public=True)
    yield case(
        "f32-activations",
        "float32",
        lambda r: inputs(r, 16, 12_000, 256, -4.0, 4.0),
        "16x12000, 256 bins",
        public=True,
        timed=True,
    )
    yield case("f32-crowded", "float32", lambda r: crowded(r, 3, 60_001, 64, 0.0, 8.0), "3x60001, 64 bins", timed=True)
    yield case(
        "f32-many-bins", "float32", lambda r: even(r, 1, 200_003, 2048, -4.0, 4.0), "1x200003, 2048 bins", timed=True
    )
    yield case("f32-random-size", "float32", lambda r: inputs(r, 9, odd, 16, -2.0, 2.0), f"9x{odd}, 16 bins")
    yield case("f32-one-bin", "float32", lambda r: inputs(r, 11, 90, 1, -1.0, 1.0), "11x90, 1 bin")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 40, 1, 6, -1.5, 1.5), "40x1, 6 bins")
    yield case("f32-borders", "float32", lambda r: borders(r, 8, 300, 32, -1.0, 3.0), "8x300, 32 bins")
    yield case("f32-mostly-outside", "float32", lambda r: inputs(r, 8, 400, 8, 2.0, 3.0), "8x400, 8 bins")
    yield case(
        "f32-shifted", "float32", lambda r: inputs(r, 8, 200, 40, 30.0, 50.0, shift=40.0, scale=4.0), "8x200, 40 bins"
    )
    yield case("f32-ordered", "float32", lambda r: ordered(r, 6, 500, 64, -2.0, 2.0), "6x500, 64 bins")
    yield case("f32-sparse", "float32", lambda r: even(r, 5, 60, 1024, -4.0, 4.0), "5x60, 1024 bins")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 6, 150, 16, -2.0, 2.0), "6x150, NaN and inf")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "90x60, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "30x30, strided")
    yield case("f32-broadcast", "float32", lambda r: layout(r, "broadcast"), "60x90, broadcast")
    yield case("f16-activations", "float16", lambda r: inputs(r, 6, 500, 64, -4.0, 4.0, half), "6x500, 64 bins")
    yield case("bf16-activations", "bfloat16", lambda r: inputs(r, 5, 400, 32, -2.0, 2.0, brain), "5x400, 32 bins")
    yield case("f32-all-outside", "float32", lambda r: inputs(r, 4, 50, 8, 90.0, 92.0), "4x50, 8 bins", degenerate=True)
    yield case(
        "f32-no-rows", "float32", lambda r: inputs(r, 0, 9, 4, 0.0, 1.0), "0x9, 4 bins", public=True, degenerate=True
    )
