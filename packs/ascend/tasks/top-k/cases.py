"""Top-K: shapes × k × dtypes × layouts × value classes. Rows hold no NaN; infinities may occur."""

import ml_dtypes
import numpy as np


def inputs(rng, rows, columns, k, dtype="float32", scale=1.0, shift=0.0):
    return {"x": (shift + scale * rng.standard_normal((rows, columns), np.float32)).astype(dtype), "k": k}


def ties(rng, rows, columns, k, kinds, dtype="float32"):
    return {"x": rng.integers(-kinds, kinds, (rows, columns)).astype(dtype), "k": k}


def ordered(rng, rows, columns, k, descending):
    x = np.sort(rng.standard_normal((rows, columns)).astype(np.float32), axis=-1)
    return {"x": x[:, ::-1].copy() if descending else x, "k": k}


def masked(rng, rows, columns, k):
    """Most entries are masked by -infinity, in some rows more than columns - k of them."""
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < np.linspace(0.5, 0.99, rows)[:, None]] = -np.inf
    return {"x": x, "k": k}


def infinite(rng, rows, columns, k):
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.03] = np.inf
    return {"x": x, "k": k}


def signed_zeros(rng, rows, columns, k):
    """-0 and 0 are equal: their order follows the index, not the sign bit."""
    x = -np.abs(rng.standard_normal((rows, columns))).astype(np.float32)
    where = rng.random(x.shape)
    x[where < 0.4] = 0.0
    x[where < 0.2] = -0.0
    return {"x": x, "k": k}


def layout(rng, kind, k):
    x = rng.standard_normal((62, 86)).astype(np.float32)
    views = {"transposed": x.T, "strided": x[::2, ::3], "reversed": x[::-1, ::-1]}
    return {"x": views[kind], "k": k}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(60, 200)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 4, 9, 3), shape="4x9, k=3", public=True)
    yield case("f32-ties", "float32", lambda r: ties(r, 11, 67, 9, 4), shape="11x67, k=9", public=True)
    yield case("f16-logits", "float16", lambda r: inputs(r, 7, 301, 20, half), shape="7x301, k=20", public=True)
    yield case(
        "f32-sampling", "float32", lambda r: inputs(r, 8, 8192, 50), shape="8x8192, k=50", public=True, timed=True
    )
    yield case("f32-routing", "float32", lambda r: inputs(r, 512, 128, 8), shape="512x128, k=8", timed=True)
    yield case("f32-retrieval", "float32", lambda r: inputs(r, 3, 20_011, 200), shape="3x20011, k=200", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, 17, n, 13), shape=f"17x{odd}, k=13")
    yield case("f32-largest", "float32", lambda r: inputs(r, 41, 211, 1), shape="41x211, k=1")
    yield case("f32-whole-row", "float32", lambda r: inputs(r, 13, 97, 97), shape="13x97, k=97")
    yield case("f32-half-row", "float32", lambda r: inputs(r, 9, 150, 75), shape="9x150, k=75")
    yield case("f32-many-ties", "float32", lambda r: ties(r, 23, 501, 40, 2), shape="23x501, k=40")
    yield case("f32-ascending", "float32", lambda r: ordered(r, 8, 700, 31, False), shape="8x700, k=31")
    yield case("f32-descending", "float32", lambda r: ordered(r, 8, 700, 31, True), shape="8x700, k=31")
    yield case("f32-all-negative", "float32", lambda r: inputs(r, 12, 130, 10, shift=-1e6), shape="12x130, k=10")
    yield case(
        "f32-tiny-scale", "float32", lambda r: inputs(r, 12, 130, 10, scale=1e-41), shape="12x130, k=10, denormal"
    )
    yield case("f32-masked", "float32", lambda r: masked(r, 16, 140, 12), shape="16x140, k=12, -inf masks")
    yield case("f32-infinite", "float32", lambda r: infinite(r, 14, 160, 12), shape="14x160, k=12, inf")
    yield case("f32-signed-zeros", "float32", lambda r: signed_zeros(r, 10, 90, 30), shape="10x90, k=30")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed", 5), shape="86x62, k=5, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided", 7), shape="31x29, k=7, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed", 11), shape="62x86, k=11, reversed")
    yield case("f16-ties", "float16", lambda r: ties(r, 19, 400, 33, 8, half), shape="19x400, k=33")
    yield case("bf16-logits", "bfloat16", lambda r: inputs(r, 15, 260, 16, brain), shape="15x260, k=16")
    yield case(
        "f32-all-equal",
        "float32",
        lambda r: {"x": np.full((6, 40), np.float32(r.standard_normal())), "k": 5},
        shape="6x40, k=5",
    )
    yield case("f32-one-column", "float32", lambda r: inputs(r, 9, 1, 1), shape="9x1, k=1", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 8, 2), shape="0x8, k=2", public=True, degenerate=True)
