"""2:4 product: shapes × dtypes × layouts × value classes. Places are two different numbers of 0 … 3, ascending."""

import ml_dtypes
import numpy as np

PAIRS = np.uint8([[0, 1], [0, 2], [0, 3], [1, 2], [1, 3], [2, 3]])


def inputs(rng, m, k, n, dtype="float32", *, scale=1.0, shift=0.0):
    """`k` is the width before pruning, a multiple of four."""
    return {
        "values": (rng.standard_normal((m, k // 2), np.float32) / np.sqrt(max(k, 1) / 2)).astype(dtype),
        "places": PAIRS[rng.integers(0, 6, (m, k // 4))].reshape(m, k // 2),
        "x": (shift + scale * rng.standard_normal((k, n), np.float32)).astype(dtype),
    }


def always(rng, m, k, n, pair):
    """The same two places everywhere."""
    made = inputs(rng, m, k, n)
    return made | {"places": np.broadcast_to(PAIRS[pair], (m, k // 4, 2)).reshape(m, k // 2)}


def stored_zeros(rng, m, k, n):
    """Half of what is stored is zero as well."""
    made = inputs(rng, m, k, n)
    made["values"][rng.random(made["values"].shape) < 0.5] = 0
    return made


def loud_elsewhere(rng, m, k, n):
    """Rows of x that nobody's places name are a thousand times larger."""
    made = always(rng, m, k, n, 1)
    made["x"][1::2] *= 1000
    return made


def layout(rng, kind):
    made = inputs(rng, 36, 48, 22)
    views = {"column-major": np.asfortranarray, "strided": lambda a: np.repeat(np.repeat(a, 2, 0), 3, 1)[::2, ::3]}
    return {n: views[kind](v) for n, v in made.items()}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(10, 50)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 8, 5), "3x8 · 8x5", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 37, 60, 29), "37x60 · 60x29", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 16, 32, 12, half), "16x32 · 32x12", public=True)
    yield case("f32-layer", "float32", lambda r: inputs(r, 512, 512, 64), "512x512 · 512x64", public=True, timed=True)
    yield case("f32-decode", "float32", lambda r: inputs(r, 512, 768, 8), "512x768 · 768x8", timed=True)
    yield case("f32-wide", "float32", lambda r: inputs(r, 301, 400, 331), "301x400 · 400x331", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 20, 40, odd), f"20x40 · 40x{odd}")
    yield case("f32-vector", "float32", lambda r: inputs(r, 80, 64, 1), "80x64 · 64x1")
    yield case("f32-one-row", "float32", lambda r: inputs(r, 1, 100, 33), "1x100 · 100x33")
    yield case("f32-one-four", "float32", lambda r: inputs(r, 21, 4, 18), "21x4 · 4x18")
    yield case("f32-deep", "float32", lambda r: inputs(r, 4, 2000, 6), "4x2000 · 2000x6")
    yield case("f32-first-places", "float32", lambda r: always(r, 18, 40, 20, 0), "18x40 · 40x20")
    yield case("f32-last-places", "float32", lambda r: always(r, 18, 40, 20, 5), "18x40 · 40x20")
    yield case("f32-stored-zeros", "float32", lambda r: stored_zeros(r, 18, 40, 20), "18x40 · 40x20")
    yield case("f32-loud-elsewhere", "float32", lambda r: loud_elsewhere(r, 18, 40, 20), "18x40 · 40x20")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 15, 32, 14, scale=1e3), "15x32 · 32x14")
    yield case("f32-offset", "float32", lambda r: inputs(r, 15, 32, 14, shift=20.0), "15x32 · 32x14")
    yield case("f32-column-major", "float32", lambda r: layout(r, "column-major"), "36x48 · 48x22, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "36x48 · 48x22, strided")
    yield case("f16-layer", "float16", lambda r: inputs(r, 48, 64, 32, half), "48x64 · 64x32")
    yield case("bf16-layer", "bfloat16", lambda r: inputs(r, 40, 60, 30, brain), "40x60 · 60x30")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 8, 5), "0x8 · 8x5", public=True, degenerate=True)
