"""Depthwise convolution: shapes × kernels × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, shape, size, stride, padding, dtype="float32", *, scale=1.0, shift=0.0):
    channels = shape[1]
    return {
        "x": (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype),
        "weight": (rng.standard_normal((channels, size, size), np.float32) / size).astype(dtype),
        "bias": rng.standard_normal(channels, np.float32).astype(dtype),
        "stride": stride,
        "padding": padding,
    }


def channels_last(rng, shape, size, stride, padding):
    n, c, h, w = shape
    made = inputs(rng, shape, size, stride, padding)
    x = rng.standard_normal((n, h, w, c)).astype(np.float32)
    return made | {"x": x.transpose(0, 3, 1, 2), "weight": np.asfortranarray(made["weight"])}


def strided(rng, shape, size, stride, padding):
    n, c, h, w = shape
    made = inputs(rng, shape, size, stride, padding)
    x = rng.standard_normal((n, 2 * c, h, 3 * w)).astype(np.float32)
    return made | {"x": x[:, ::2, ::-1, ::3]}


def shared_kernel(rng, shape, size, stride, padding):
    """All channels use the same kernel, broadcast."""
    made = inputs(rng, shape, size, stride, padding)
    return made | {"weight": np.broadcast_to(made["weight"][:1], made["weight"].shape)}


def edges(rng, shape, size, stride, padding):
    """Kernels that sum to zero over a large constant plus a little; short fractions keep every sum exact."""
    made = inputs(rng, shape, size, stride, padding)
    weight = np.round(made["weight"] * 8) / 8
    weight[:, 0, 0] -= weight.sum(axis=(1, 2))
    x = 256 + np.round(made["x"] * 16) / 16
    bias = np.round(made["bias"] * 8) / 8
    return made | {"weight": weight.astype(np.float32), "x": x.astype(np.float32), "bias": bias}


def with_undefined(rng, shape, size, stride, padding):
    made = inputs(rng, shape, size, stride, padding)
    made["x"][0, 0, 2, 3], made["x"][0, 1, 0, 0] = np.nan, np.inf
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(8, 24)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (1, 2, 6, 7), 3, 1, 1), "1x2x6x7, 3/1+1", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, (2, 5, 13, 17), 3, 2, 1), "2x5x13x17, 3/2+1", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, (1, 4, 9, 9), 3, 1, 1, half), "1x4x9x9, 3/1+1", public=True)
    yield case(
        "f32-mobile",
        "float32",
        lambda r: inputs(r, (1, 96, 56, 56), 3, 1, 1),
        "1x96x56x56, 3/1+1",
        public=True,
        timed=True,
    )
    yield case("f32-down", "float32", lambda r: inputs(r, (1, 61, 95, 97), 3, 2, 1), "1x61x95x97, 3/2+1", timed=True)
    yield case(
        "f32-wide-kernel", "float32", lambda r: inputs(r, (1, 96, 28, 28), 7, 1, 3), "1x96x28x28, 7/1+3", timed=True
    )
    yield case("f32-random-size", "float32", lambda r: inputs(r, (2, 3, 19, odd), 5, 1, 2), f"2x3x19x{odd}, 5/1+2")
    yield case("f32-pointwise", "float32", lambda r: inputs(r, (2, 7, 9, 10), 1, 1, 0), "2x7x9x10, 1/1")
    yield case("f32-whole-plane", "float32", lambda r: inputs(r, (3, 6, 7, 7), 7, 1, 0), "3x6x7x7, 7/1")
    yield case("f32-no-padding", "float32", lambda r: inputs(r, (1, 4, 15, 16), 5, 3, 0), "1x4x15x16, 5/3")
    yield case("f32-much-padding", "float32", lambda r: inputs(r, (1, 3, 5, 6), 3, 1, 4), "1x3x5x6, 3/1+4")
    yield case("f32-even-kernel", "float32", lambda r: inputs(r, (1, 4, 12, 11), 4, 2, 1), "1x4x12x11, 4/2+1")
    yield case("f32-column", "float32", lambda r: inputs(r, (1, 5, 40, 1), 3, 1, 1), "1x5x40x1, 3/1+1")
    yield case(
        "f32-large-scale", "float32", lambda r: inputs(r, (1, 4, 14, 14), 3, 1, 1, scale=1e3), "1x4x14x14, 3/1+1"
    )
    yield case("f32-edges", "float32", lambda r: edges(r, (1, 4, 16, 15), 3, 1, 0), "1x4x16x15, 3/1")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, (1, 3, 9, 9), 3, 1, 1), "1x3x9x9, NaN and inf")
    yield case(
        "f32-channels-last", "float32", lambda r: channels_last(r, (2, 6, 13, 12), 3, 1, 1), "2x6x13x12, transposed"
    )
    yield case("f32-strided", "float32", lambda r: strided(r, (1, 4, 15, 14), 3, 2, 1), "1x4x15x14, strided")
    yield case(
        "f32-shared-kernel", "float32", lambda r: shared_kernel(r, (1, 8, 11, 10), 3, 1, 1), "1x8x11x10, broadcast"
    )
    yield case("f16-mobile", "float16", lambda r: inputs(r, (1, 8, 21, 20), 3, 2, 1, half), "1x8x21x20, 3/2+1")
    yield case("bf16-mobile", "bfloat16", lambda r: inputs(r, (1, 6, 18, 19), 5, 1, 2, brain), "1x6x18x19, 5/1+2")
    yield case(
        "f32-no-batch", "float32", lambda r: inputs(r, (0, 2, 6, 6), 3, 1, 1), "0x2x6x6", public=True, degenerate=True
    )
