"""Max pooling: shapes × windows × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, shape, window, stride, padding, dtype="float32", *, scale=1.0, shift=0.0):
    x = (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype)
    return {"x": x, "window": window, "stride": stride, "padding": padding}


def codes(rng, shape, window, stride, padding):
    x = rng.integers(-128, 128, shape, np.int8)
    return {"x": x, "window": window, "stride": stride, "padding": padding}


def low_codes(rng, shape, window, stride, padding):
    """Nothing above -100: padding by zeros would win."""
    made = codes(rng, shape, window, stride, padding)
    return made | {"x": rng.integers(-128, -100, shape, np.int8)}


def ties(rng, shape, window, stride, padding):
    made = inputs(rng, shape, window, stride, padding)
    return made | {"x": rng.integers(-2, 3, shape).astype(np.float32)}


def channels_last(rng, shape, window, stride, padding):
    n, c, h, w = shape
    made = inputs(rng, (n, h, w, c), window, stride, padding)
    return made | {"x": made["x"].transpose(0, 3, 1, 2)}


def strided(rng, shape, window, stride, padding):
    n, c, h, w = shape
    made = inputs(rng, (n, 2 * c, h, 3 * w), window, stride, padding)
    return made | {"x": made["x"][:, ::2, ::-1, ::3]}


def with_undefined(rng, shape, window, stride, padding):
    """Scattered NaN and infinities, and one plane of -infinity."""
    made = inputs(rng, shape, window, stride, padding)
    where = rng.random(shape)
    made["x"][where < 0.02] = np.nan
    made["x"][(where > 0.02) & (where < 0.05)] = np.inf
    made["x"][(where > 0.05) & (where < 0.15)] = -np.inf
    made["x"][0, 0] = -np.inf
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(8, 24)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (1, 2, 6, 6), 2, 2, 0), "1x2x6x6, 2/2", public=True)
    yield case("f32-padded", "float32", lambda r: inputs(r, (2, 3, 11, 13), 3, 2, 1), "2x3x11x13, 3/2+1", public=True)
    yield case("i8-small", "int8", lambda r: codes(r, (1, 3, 9, 10), 3, 1, 1), "1x3x9x10, 3/1+1", public=True)
    yield case(
        "f32-stem",
        "float32",
        lambda r: inputs(r, (1, 64, 112, 112), 3, 2, 1),
        "1x64x112x112, 3/2+1",
        public=True,
        timed=True,
    )
    yield case("f32-same", "float32", lambda r: inputs(r, (1, 96, 57, 59), 5, 1, 2), "1x96x57x59, 5/1+2", timed=True)
    yield case("f32-halving", "float32", lambda r: inputs(r, (2, 61, 96, 94), 2, 2, 0), "2x61x96x94, 2/2", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, (2, 3, odd, 31), 3, 2, 1), f"2x3x{odd}x31, 3/2+1")
    yield case("f32-whole-plane", "float32", lambda r: inputs(r, (4, 5, 7, 7), 7, 1, 0), "4x5x7x7, 7/1")
    yield case("f32-gaps", "float32", lambda r: inputs(r, (1, 4, 20, 22), 2, 3, 0), "1x4x20x22, 2/3")
    yield case("f32-one-window", "float32", lambda r: inputs(r, (2, 3, 8, 9), 1, 2, 0), "2x3x8x9, 1/2")
    yield case("f32-column", "float32", lambda r: inputs(r, (1, 5, 40, 1), 3, 1, 1), "1x5x40x1, 3/1+1")
    yield case("f32-wide-window", "float32", lambda r: inputs(r, (1, 2, 30, 33), 13, 1, 6), "1x2x30x33, 13/1+6")
    yield case("f32-all-negative", "float32", lambda r: inputs(r, (2, 2, 9, 9), 3, 2, 1, shift=-1e6), "2x2x9x9, 3/2+1")
    yield case("f32-tiny", "float32", lambda r: inputs(r, (1, 2, 12, 12), 3, 3, 0, scale=1e-40), "1x2x12x12, denormal")
    yield case("f32-ties", "float32", lambda r: ties(r, (2, 3, 14, 15), 3, 2, 1), "2x3x14x15, 3/2+1")
    yield case(
        "f32-undefined", "float32", lambda r: with_undefined(r, (2, 3, 16, 17), 3, 2, 1), "2x3x16x17, NaN and inf"
    )
    yield case(
        "f32-channels-last", "float32", lambda r: channels_last(r, (2, 6, 13, 12), 2, 2, 0), "2x6x13x12, transposed"
    )
    yield case("f32-strided", "float32", lambda r: strided(r, (1, 4, 15, 14), 3, 1, 1), "1x4x15x14, strided")
    yield case("f16-padded", "float16", lambda r: inputs(r, (2, 4, 17, 19), 3, 2, 1, half), "2x4x17x19, 3/2+1")
    yield case("bf16-padded", "bfloat16", lambda r: inputs(r, (1, 4, 16, 18), 3, 2, 1, brain), "1x4x16x18, 3/2+1")
    yield case("i8-low", "int8", lambda r: low_codes(r, (2, 3, 12, 11), 5, 2, 2), "2x3x12x11, 5/2+2")
    yield case("i8-stem", "int8", lambda r: codes(r, (1, 8, 31, 33), 3, 2, 1), "1x8x31x33, 3/2+1")
    yield case(
        "f32-no-batch", "float32", lambda r: inputs(r, (0, 2, 6, 6), 2, 2, 0), "0x2x6x6", public=True, degenerate=True
    )
