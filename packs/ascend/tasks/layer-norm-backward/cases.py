"""LayerNorm backward over a matrix: shapes × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, rows, columns, dtype="float32", *, scale=1.0, shift=0.0, slope=1.0, eps=1e-5):
    return {
        "x": (shift + scale * rng.standard_normal((rows, columns), np.float32)).astype(dtype),
        "dy": (slope * rng.standard_normal((rows, columns), np.float32)).astype(dtype),
        "gamma": (1 + 0.3 * rng.standard_normal(columns, np.float32)).astype(dtype),
        "eps": eps,
    }


def leaning(rng, rows, columns):
    """Sums down many rows that don't cancel: of one that comes near zero, no order of adding gets more than a few digits."""
    made = inputs(rng, rows, columns)
    return made | {"dy": made["dy"] + np.float32(0.25) * (1 + made["x"])}


def layout(rng, kind):
    made = inputs(rng, 62, 86)
    views = {"transposed": lambda a: a.T, "strided": lambda a: a[::2, ::3], "reversed": lambda a: a[::-1, ::-1]}
    x, dy = views[kind](made["x"]), views[kind](made["dy"])
    return made | {"x": x, "dy": dy, "gamma": rng.standard_normal(x.shape[1]).astype(np.float32)}


def constant_rows(rng, rows, columns):
    """Rows without variance: epsilon alone decides."""
    made = inputs(rng, rows, columns, eps=0.1)
    return made | {"x": np.repeat(np.round(made["x"][:, :1] * 8) / 8, columns, axis=1)}


def one_hot(rng, rows, columns):
    """A gradient at a single place of each row."""
    made = inputs(rng, rows, columns)
    places = rng.integers(0, columns, rows)
    dy = np.zeros((rows, columns), np.float32)
    dy[np.arange(rows), places] = rng.uniform(1, 3, rows)
    return made | {"dy": dy}


def with_undefined(rng, rows, columns):
    made = inputs(rng, rows, columns)
    made["x"][1, 2] = np.nan
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(40, 120)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 6), "3x6", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 19, 101), "19x101", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 8, 64, half), "8x64", public=True)
    yield case("f32-tokens", "float32", lambda r: inputs(r, 128, 768), "128x768", public=True, timed=True)
    yield case("f32-wide", "float32", lambda r: inputs(r, 24, 5003), "24x5003", timed=True)
    yield case("f32-narrow", "float32", lambda r: leaning(r, 1531, 79), "1531x79", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 13, odd), f"13x{odd}")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 97), "1x97")
    yield case("f32-two-columns", "float32", lambda r: inputs(r, 43, 2, eps=0.5), "43x2")
    yield case("f32-offset", "float32", lambda r: inputs(r, 17, 150, shift=100.0), "17x150")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 17, 60, scale=1e3, slope=1e3), "17x60")
    yield case("f32-small-scale", "float32", lambda r: inputs(r, 17, 60, scale=1e-2), "17x60")
    yield case("f32-steep", "float32", lambda r: inputs(r, 11, 70, slope=50.0), "11x70")
    yield case("f32-constant-rows", "float32", lambda r: constant_rows(r, 9, 40), "9x40")
    yield case("f32-one-hot", "float32", lambda r: one_hot(r, 21, 33), "21x33")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 7, 15), "7x15, NaN")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "86x62, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "31x29, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "62x86, reversed")
    yield case("f16-tokens", "float16", lambda r: inputs(r, 30, 96, half), "30x96")
    yield case("bf16-tokens", "bfloat16", lambda r: inputs(r, 26, 80, brain), "26x80")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 5), "0x5", public=True, degenerate=True)
