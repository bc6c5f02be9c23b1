"""Bilinear resize: shapes × ratios × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, shape, height, width, dtype="float32", *, scale=1.0, shift=0.0):
    return {
        "x": (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype),
        "height": height,
        "width": width,
    }


def ramp(rng, shape, height, width):
    """A plane that rises evenly: away from the borders it stays one."""
    slope, tilt = rng.uniform(0.5, 2, 2)
    x = slope * np.arange(shape[2])[:, None] + tilt * np.arange(shape[3])
    return {"x": np.broadcast_to(x, shape).astype(np.float32), "height": height, "width": width}


def channels_last(rng, shape, height, width):
    n, c, h, w = shape
    x = rng.standard_normal((n, h, w, c)).astype(np.float32)
    return {"x": x.transpose(0, 3, 1, 2), "height": height, "width": width}


def strided(rng, shape, height, width):
    n, c, h, w = shape
    x = rng.standard_normal((n, 2 * c, h, 3 * w)).astype(np.float32)
    return {"x": x[:, ::2, ::-1, ::3], "height": height, "width": width}


def shared_planes(rng, shape, height, width):
    x = rng.standard_normal((shape[0], 1, *shape[2:])).astype(np.float32)
    return {"x": np.broadcast_to(x, shape), "height": height, "width": width}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(10, 30)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (1, 2, 4, 5), 7, 9), "1x2x4x5 → 7x9", public=True)
    yield case("f32-shrink", "float32", lambda r: inputs(r, (2, 3, 17, 23), 8, 11), "2x3x17x23 → 8x11", public=True)
    yield case("f16-double", "float16", lambda r: inputs(r, (1, 4, 9, 8), 18, 16, half), "1x4x9x8 → 18x16", public=True)
    yield case(
        "f32-decoder",
        "float32",
        lambda r: inputs(r, (1, 32, 40, 40), 80, 80),
        "1x32x40x40 → 80x80",
        public=True,
        timed=True,
    )
    yield case(
        "f32-photo", "float32", lambda r: inputs(r, (1, 3, 299, 403), 224, 224), "1x3x299x403 → 224x224", timed=True
    )
    yield case(
        "f32-segmentation", "float32", lambda r: inputs(r, (1, 19, 33, 65), 97, 129), "1x19x33x65 → 97x129", timed=True
    )
    yield case(
        "f32-random-size", "float32", lambda r: inputs(r, (2, 2, odd, 20), 31, odd + 2), f"2x2x{odd}x20 → 31x{odd + 2}"
    )
    yield case("f32-one-pixel", "float32", lambda r: inputs(r, (2, 9, 1, 1), 3, 4), "2x9x1x1 → 3x4")
    yield case("f32-to-one-pixel", "float32", lambda r: inputs(r, (5, 13, 9, 8), 1, 1), "5x13x9x8 → 1x1")
    yield case("f32-only-width", "float32", lambda r: inputs(r, (1, 3, 11, 30), 11, 47), "1x3x11x30 → 11x47")
    yield case("f32-only-height", "float32", lambda r: inputs(r, (1, 3, 30, 11), 44, 11), "1x3x30x11 → 44x11")
    yield case("f32-far-up", "float32", lambda r: inputs(r, (1, 2, 3, 3), 50, 61), "1x2x3x3 → 50x61")
    yield case("f32-far-down", "float32", lambda r: inputs(r, (1, 5, 90, 101), 6, 7), "1x5x90x101 → 6x7")
    yield case("f32-row", "float32", lambda r: inputs(r, (1, 4, 1, 37), 1, 53), "1x4x1x37 → 1x53")
    yield case("f32-ramp", "float32", lambda r: ramp(r, (1, 2, 21, 24), 35, 50), "1x2x21x24 → 35x50")
    yield case(
        "f32-large-scale", "float32", lambda r: inputs(r, (1, 2, 14, 15), 25, 20, scale=1e3), "1x2x14x15 → 25x20"
    )
    yield case(
        "f32-offset", "float32", lambda r: inputs(r, (1, 2, 14, 15), 25, 20, shift=0.5, scale=0.2), "1x2x14x15 → 25x20"
    )
    yield case(
        "f32-channels-last", "float32", lambda r: channels_last(r, (2, 6, 12, 13), 20, 9), "2x6x12x13, transposed"
    )
    yield case("f32-strided", "float32", lambda r: strided(r, (1, 4, 15, 14), 22, 23), "1x4x15x14, strided")
    yield case("f32-shared-planes", "float32", lambda r: shared_planes(r, (2, 5, 9, 11), 14, 17), "2x5x9x11, broadcast")
    yield case("f16-photo", "float16", lambda r: inputs(r, (1, 3, 40, 50), 33, 29, half), "1x3x40x50 → 33x29")
    yield case("bf16-photo", "bfloat16", lambda r: inputs(r, (1, 3, 31, 30), 47, 45, brain), "1x3x31x30 → 47x45")
    yield case("f32-same-size", "float32", lambda r: inputs(r, (1, 2, 8, 9), 8, 9), "1x2x8x9 → 8x9", degenerate=True)
    yield case(
        "f32-no-batch",
        "float32",
        lambda r: inputs(r, (0, 2, 6, 6), 4, 9),
        "0x2x6x6 → 4x9",
        public=True,
        degenerate=True,
    )
