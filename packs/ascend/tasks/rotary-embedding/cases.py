"""Rotary embedding: shapes × dtypes × layouts × positions.

Positions in the hundred thousands leave no correct digits to angles computed in float32.
"""

import ml_dtypes
import numpy as np


def inputs(rng, tokens, heads, channels, dtype="float32", *, start=1, scale=1.0, theta=10000.0):
    return {
        "x": (scale * rng.standard_normal((tokens, heads, channels), np.float32)).astype(dtype),
        "positions": np.arange(start, start + tokens, dtype=np.int64),
        "theta": theta,
    }


def scattered(rng, tokens, heads, channels, highest):
    made = inputs(rng, tokens, heads, channels)
    return made | {"positions": rng.integers(1, highest, tokens)}


def repeated(rng, tokens, heads, channels):
    """A packed batch: positions start again with every sequence, and some tokens share one."""
    made = inputs(rng, tokens, heads, channels)
    return made | {"positions": np.sort(rng.integers(3, 40, tokens))}


def heads_first(rng, tokens, heads, channels):
    made = inputs(rng, heads, tokens, channels)
    positions = np.arange(7, 7 + tokens, dtype=np.int64)
    return made | {"x": made["x"].transpose(1, 0, 2), "positions": positions}


def sliced(rng, tokens, heads, channels):
    """Queries cut out of a fused query-key-value projection; positions running backwards."""
    made = inputs(rng, tokens, heads * 3, channels)
    return made | {"x": made["x"][:, :heads], "positions": made["positions"][::-1]}


def with_undefined(rng, tokens, heads, channels):
    made = inputs(rng, tokens, heads, channels)
    made["x"][2, 0, 1] = np.nan
    made["x"][5, 1, channels - 1] = np.nan
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(20, 50)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 4, 2, 8), shape="4x2x8", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 37, 3, 10), shape="37x3x10", public=True)
    yield case("f16-decode", "float16", lambda r: inputs(r, 8, 4, 64, half, start=300), shape="8x4x64", public=True)
    yield case("f32-prefill", "float32", lambda r: inputs(r, 320, 8, 64), shape="320x8x64", public=True, timed=True)
    yield case(
        "f32-long-context", "float32", lambda r: inputs(r, 256, 6, 128, start=65000), shape="256x6x128", timed=True
    )
    yield case("f32-scattered", "float32", lambda r: scattered(r, 431, 4, 96, 4096), shape="431x4x96", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, n, 5, 6), shape=f"{odd}x5x6")
    yield case("f32-far", "float32", lambda r: inputs(r, 33, 2, 64, start=900_000), shape="33x2x64")
    yield case("f32-far-scattered", "float32", lambda r: scattered(r, 45, 3, 34, 1_000_000), shape="45x3x34")
    yield case("f32-large-theta", "float32", lambda r: inputs(r, 29, 2, 64, start=500, theta=1e6), shape="29x2x64")
    yield case("f32-small-theta", "float32", lambda r: inputs(r, 29, 2, 32, theta=100.0), shape="29x2x32")
    yield case("f32-repeated", "float32", lambda r: repeated(r, 67, 2, 20), shape="67x2x20")
    yield case("f32-one-token", "float32", lambda r: inputs(r, 1, 8, 64, start=11), shape="1x8x64")
    yield case("f32-one-pair", "float32", lambda r: inputs(r, 53, 3, 2), shape="53x3x2")
    yield case("f32-heads-first", "float32", lambda r: heads_first(r, 31, 4, 22), shape="31x4x22, transposed")
    yield case("f32-sliced", "float32", lambda r: sliced(r, 23, 2, 48), shape="23x2x48, strided")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 17, 3, 26, scale=1e4), shape="17x3x26")
    yield case("f32-undefined-values", "float32", lambda r: with_undefined(r, 9, 2, 16), shape="9x2x16, NaN")
    yield case("f16-long-context", "float16", lambda r: inputs(r, 41, 4, 80, half, start=30_000), shape="41x4x80")
    yield case("bf16-prefill", "bfloat16", lambda r: inputs(r, 43, 3, 64, brain), shape="43x3x64")
    yield case("f32-position-zero", "float32", lambda r: inputs(r, 1, 2, 8, start=0), shape="1x2x8", degenerate=True)
    yield case("f32-no-tokens", "float32", lambda r: inputs(r, 0, 2, 8), shape="0x2x8", public=True, degenerate=True)
