"""int4 product: shapes × groups × dtypes × layouts × value classes. The group is even and divides k."""

import ml_dtypes
import numpy as np


def inputs(rng, m, k, n, group, dtype="float32", *, scale=1.0, shift=0.0):
    """Scales are such that results are of the order of `scale`."""
    x = shift + rng.standard_normal((m, k), np.float32)
    return {
        "x": x.astype(dtype),
        "packed": rng.integers(0, 256, (k // 2, n), np.uint8),
        "scales": (scale * rng.uniform(0.5, 1.5, (k // group, n)) / (4.6 * np.sqrt(max(k, 1)))).astype(dtype),
        "zeros": rng.integers(0, 16, (k // group, n), np.uint8),
        "group": group,
    }


def centred(rng, m, k, n, group):
    """All zero points are 8, and the codes lie close around them."""
    made = inputs(rng, m, k, n, group, scale=4.0)
    low, high = rng.integers(7, 10, (2, k // 2, n), np.uint8)
    return made | {"zeros": np.full_like(made["zeros"], 8), "packed": low | high << 4}


def extremes(rng, m, k, n, group):
    """Codes and zero points are 0 or 15."""
    made = inputs(rng, m, k, n, group)
    low, high = 15 * rng.integers(0, 2, (2, k // 2, n), np.uint8)
    return made | {"packed": low | high << 4, "zeros": 15 * rng.integers(0, 2, made["zeros"].shape, np.uint8)}


def one_hot(rng, m, k, n, group):
    """Every row of x picks one row of the weights: what comes out is the rescaled weights themselves."""
    made = inputs(rng, m, k, n, group, scale=8.0)
    x = np.zeros((m, k), np.float32)
    x[np.arange(m), rng.integers(0, k, m)] = 4
    return made | {"x": x}


def layout(rng, kind):
    made = inputs(rng, 14, 96, 44, 16)
    views = {"column-major": np.asfortranarray, "strided": lambda a: np.repeat(np.repeat(a, 2, 0), 3, 1)[::2, ::3]}
    return {n: v if isinstance(v, int) else views[kind](v) for n, v in made.items()}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(10, 60)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 8, 5, 4), "2x8 · 8x5, groups of 4", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 7, 96, 37, 32), "7x96 · 96x37, groups of 32", public=True)
    yield case(
        "f16-small", "float16", lambda r: inputs(r, 4, 64, 24, 16, half), "4x64 · 64x24, groups of 16", public=True
    )
    yield case(
        "f32-decode",
        "float32",
        lambda r: inputs(r, 1, 1024, 768, 64),
        "1x1024 · 1024x768, groups of 64",
        public=True,
        timed=True,
    )
    yield case(
        "f32-batch", "float32", lambda r: inputs(r, 13, 1024, 523, 128), "13x1024 · 1024x523, groups of 128", timed=True
    )
    yield case(
        "f32-prefill", "float32", lambda r: inputs(r, 30, 1024, 640, 32), "30x1024 · 1024x640, groups of 32", timed=True
    )
    yield case("f32-random-size", "float32", lambda r: inputs(r, 5, 64, odd, 16), f"5x64 · 64x{odd}, groups of 16")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 9, 128, 1, 64), "9x128 · 128x1, groups of 64")
    yield case("f32-one-pair", "float32", lambda r: inputs(r, 6, 2, 40, 2), "6x2 · 2x40, groups of 2")
    yield case("f32-groups-of-two", "float32", lambda r: inputs(r, 6, 50, 30, 2), "6x50 · 50x30, groups of 2")
    yield case("f32-odd-group", "float32", lambda r: inputs(r, 5, 66, 29, 22), "5x66 · 66x29, groups of 22")
    yield case("f32-one-group", "float32", lambda r: inputs(r, 5, 300, 20, 300), "5x300 · 300x20, one group")
    yield case("f32-extremes", "float32", lambda r: extremes(r, 6, 64, 33, 16), "6x64 · 64x33, groups of 16")
    yield case("f32-centred", "float32", lambda r: centred(r, 6, 128, 33, 32), "6x128 · 128x33, groups of 32")
    yield case("f32-offset", "float32", lambda r: inputs(r, 6, 128, 33, 32, shift=20.0), "6x128 · 128x33, groups of 32")
    yield case("f32-one-hot", "float32", lambda r: one_hot(r, 12, 64, 31, 16), "12x64 · 64x31, groups of 16")
    yield case(
        "f32-large-scale", "float32", lambda r: inputs(r, 6, 64, 21, 16, scale=1e3), "6x64 · 64x21, groups of 16"
    )
    yield case("f32-column-major", "float32", lambda r: layout(r, "column-major"), "14x96 · 96x44, column-major")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "14x96 · 96x44, strided")
    yield case("f16-batch", "float16", lambda r: inputs(r, 8, 256, 60, 64, half), "8x256 · 256x60, groups of 64")
    yield case("bf16-batch", "bfloat16", lambda r: inputs(r, 6, 192, 50, 32, brain), "6x192 · 192x50, groups of 32")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 8, 6, 4), "0x8 · 8x6", public=True, degenerate=True)
