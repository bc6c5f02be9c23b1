"""Softmax: shapes × dtypes × layouts × value classes.

Half-precision rows stay short and moderate in scale, so that probabilities are normal numbers
of their type and a relative standard is meaningful.
"""

import ml_dtypes
import numpy as np


def normal(rng, shape, dtype="float32", scale=1.0, shift=0.0):
    return {"x": (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype)}


def transposed(rng, rows, columns):
    return {"x": rng.standard_normal((columns, rows)).astype(np.float32).T}


def strided(rng, rows, columns):
    return {"x": rng.standard_normal((rows * 2, columns * 3)).astype(np.float32)[::2, 1::3]}


def masked(rng, rows, columns):
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.4] = -np.inf
    x[:, 0] = 0.5
    return {"x": x}


def with_undefined(rng, rows, columns):
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[1, 3] = np.nan
    x[4] = -np.inf
    x[6, 2] = np.inf
    return {"x": x}


def tied(rng, rows, columns):
    return {"x": rng.integers(-3, 4, (rows, columns)).astype(np.float32)}


def spiked(rng, rows, columns):
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[np.arange(rows), rng.integers(0, columns, rows)] += 60
    return {"x": x}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(50, 90)) * 2 + 1
    yield case("f32-small", "float32", lambda r: normal(r, (4, 6)), shape="4x6", public=True)
    yield case("f32-odd", "float32", lambda r: normal(r, (17, 131)), shape="17x131", public=True)
    yield case("f16-small", "float16", lambda r: normal(r, (9, 64), np.float16), shape="9x64", public=True)
    yield case("f32-rows", "float32", lambda r: normal(r, (224, 1000)), shape="224x1000", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: normal(r, (32, 8191)), shape="32x8191", timed=True)
    yield case("f32-cube", "float32", lambda r: normal(r, (5, 127, 384)), shape="5x127x384", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: normal(r, (23, n)), shape=f"23x{odd}")
    yield case("f32-wide-scale", "float32", lambda r: normal(r, (31, 257), scale=200.0), shape="31x257")
    yield case("f32-large-offset", "float32", lambda r: normal(r, (31, 257), shift=3000.0), shape="31x257")
    yield case("f32-very-negative", "float32", lambda r: normal(r, (7, 89), shift=-500.0), shape="7x89")
    yield case("f32-vector", "float32", lambda r: normal(r, (997,)), shape="997")
    yield case("f32-transposed", "float32", lambda r: transposed(r, 41, 113), shape="41x113, transposed")
    yield case("f32-strided", "float32", lambda r: strided(r, 29, 97), shape="29x97, strided")
    yield case("f32-masked", "float32", lambda r: masked(r, 37, 61), shape="37x61, -inf masks")
    yield case("f32-undefined-rows", "float32", lambda r: with_undefined(r, 11, 43), shape="11x43, NaN and inf")
    yield case("f32-ties", "float32", lambda r: tied(r, 19, 101), shape="19x101")
    yield case("f32-spikes", "float32", lambda r: spiked(r, 13, 211), shape="13x211")
    yield case("f16-moderate", "float16", lambda r: normal(r, (67, 96), np.float16, 0.8), shape="67x96")
    yield case("bf16-moderate", "bfloat16", lambda r: normal(r, (53, 160), ml_dtypes.bfloat16), shape="53x160")
    yield case(
        "f32-all-equal",
        "float32",
        lambda r: {"x": np.full((5, 33), np.float32(r.standard_normal()))},
        shape="5x33",
        degenerate=True,
    )
    yield case("f32-one-column", "float32", lambda r: normal(r, (12, 1)), shape="12x1", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: normal(r, (0, 7)), shape="0x7", public=True, degenerate=True)
