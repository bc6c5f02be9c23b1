"""int8 matrix product: shapes × output dtypes × layouts × value classes.

The output has the type of `bias`. Scales are chosen so that results are of order one to a hundred.
"""

import ml_dtypes
import numpy as np


def inputs(rng, m, k, n, dtype="float32", low=-128, high=128):
    spread = 74 * 74 * np.sqrt(max(k, 1))
    return {
        "a": rng.integers(low, high, (m, k)).astype(np.int8),
        "b": rng.integers(low, high, (k, n)).astype(np.int8),
        "scale_a": (rng.uniform(0.5, 2, m) / 64).astype(np.float32),
        "scale_b": (rng.uniform(0.5, 2, n) * 64 * 4 / spread).astype(np.float32),
        "bias": rng.standard_normal(n).astype(dtype),
    }


def saturated(rng, m, k, n):
    """Only the extreme codes: single products reach 16384, and 16-bit sums of two overflow."""
    made = inputs(rng, m, k, n)
    codes = np.array([-128, 127], np.int8)
    return made | {"a": rng.choice(codes, (m, k)), "b": rng.choice(codes, (k, n))}


def all_lowest(rng, m, k, n):
    made = inputs(rng, m, k, n)
    a, b = np.full((m, k), -128, np.int8), np.full((k, n), -128, np.int8)
    a[::2] = 127
    return made | {"a": a, "b": b, "scale_a": made["scale_a"] / np.float32(np.sqrt(k))}


def cancelling(rng, m, k, n):
    """Partial sums climb past 2²⁴ and come back: a float32 accumulator has dropped units by then."""
    made = inputs(rng, m, 2 * k, n)
    a = rng.integers(100, 128, (m, k)).astype(np.int8)
    b = rng.integers(100, 128, (k, n)).astype(np.int8)
    tail = rng.integers(-3, 4, (k, n)).astype(np.int8)
    return made | {
        "a": np.concatenate([a, a], axis=1),
        "b": np.concatenate([b, -b + tail], axis=0),
        "scale_b": made["scale_b"] / 4,
    }


def sparse(rng, m, k, n):
    made = inputs(rng, m, k, n)
    made["a"][rng.random((m, k)) < 0.9] = 0
    return made


def layout(rng, kind, m, k, n):
    made = inputs(rng, m, k, n)
    if kind == "transposed":
        return made | {"b": np.asfortranarray(made["b"]), "a": np.asfortranarray(made["a"])}
    wide = inputs(rng, m * 2, k * 3, n)
    return made | {"a": wide["a"][::2, ::3]}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(20, 60)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 8, 5), shape="3x8 · 8x5", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 17, 101, 23), shape="17x101 · 101x23", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 9, 64, 12, half), shape="9x64 · 64x12", public=True)
    yield case(
        "f32-projection",
        "float32",
        lambda r: inputs(r, 48, 256, 256),
        shape="48x256 · 256x256",
        public=True,
        timed=True,
    )
    yield case("f32-deep", "float32", lambda r: inputs(r, 20, 2048, 64), shape="20x2048 · 2048x64", timed=True)
    yield case("f16-prime", "float16", lambda r: inputs(r, 61, 509, 97, half), shape="61x509 · 509x97", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, 13, n, 31), shape=f"13x{odd} · {odd}x31")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 384, 77), shape="1x384 · 384x77")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 83, 129, 1), shape="83x129 · 129x1")
    yield case("f32-one-deep", "float32", lambda r: inputs(r, 12, 1, 19), shape="12x1 · 1x19")
    yield case("f32-saturated", "float32", lambda r: saturated(r, 15, 333, 21), shape="15x333 · 333x21")
    yield case("f32-all-lowest", "float32", lambda r: all_lowest(r, 9, 2000, 11), shape="9x2000 · 2000x11")
    yield case("f32-cancelling", "float32", lambda r: cancelling(r, 11, 2501, 13), shape="11x5002 · 5002x13")
    yield case("f32-sparse", "float32", lambda r: sparse(r, 25, 150, 35), shape="25x150 · 150x35")
    yield case("f32-small-codes", "float32", lambda r: inputs(r, 14, 90, 18, low=-2, high=3), shape="14x90 · 90x18")
    yield case("f32-positive", "float32", lambda r: inputs(r, 14, 90, 18, low=0), shape="14x90 · 90x18")
    yield case(
        "f32-transposed", "float32", lambda r: layout(r, "transposed", 27, 65, 33), shape="27x65 · 65x33, column-major"
    )
    yield case("f32-strided", "float32", lambda r: layout(r, "strided", 16, 70, 29), shape="16x70 · 70x29, strided")
    yield case("f16-projection", "float16", lambda r: inputs(r, 32, 200, 40, half), shape="32x200 · 200x40")
    yield case("bf16-projection", "bfloat16", lambda r: inputs(r, 30, 160, 45, brain), shape="30x160 · 160x45")
    yield case("f32-no-depth", "float32", lambda r: inputs(r, 4, 0, 6), shape="4x0 · 0x6", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 8, 6), shape="0x8 · 8x6", public=True, degenerate=True)
