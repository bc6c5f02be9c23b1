"""2-D convolution: shapes × stride × padding × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, image, kernel, stride=1, padding=1, dtype="float32", scale=1.0, shift=0.0):
    fan = kernel[1] * kernel[2] * kernel[3]
    return {
        "x": (shift + scale * rng.standard_normal(image)).astype(dtype),
        "weight": (rng.standard_normal(kernel) / np.sqrt(fan)).astype(dtype),
        "bias": rng.standard_normal(kernel[0]).astype(dtype),
        "stride": stride,
        "padding": padding,
    }


def channels_last(rng, image, kernel):
    made = inputs(rng, image, kernel)
    stored = {name: np.ascontiguousarray(made[name].transpose(0, 2, 3, 1)) for name in ("x", "weight")}
    return made | {name: value.transpose(0, 3, 1, 2) for name, value in stored.items()}


def cropped(rng, image, kernel):
    count, channels, height, width = image
    made = inputs(rng, (count, channels, height + 6, width * 2), kernel, 1, 0)
    return made | {"x": made["x"][:, :, 3:-3, ::2]}


def checkerboard(rng, image, kernel):
    """An image that alternates in sign, where a wrong offset by one flips the answer."""
    made = inputs(rng, image, kernel, 1, 1)
    rows, columns = np.indices(image[2:])
    return made | {"x": (made["x"] + 8 * (-1.0) ** (rows + columns)).astype(np.float32)}


def with_undefined(rng, image, kernel):
    made = inputs(rng, image, kernel, 1, 0)
    made["x"][0, 0, 4, 5] = np.nan
    made["x"][1, 1, 2, 2] = np.inf
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(5, 12)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case(
        "f32-small", "float32", lambda r: inputs(r, (1, 2, 5, 6), (3, 2, 3, 3)), shape="1x2x5x6 * 3x2x3x3", public=True
    )
    yield case(
        "f32-stride", "float32", lambda r: inputs(r, (2, 3, 9, 11), (4, 3, 3, 3), 2), shape="2x3x9x11 / 2", public=True
    )
    yield case(
        "f16-small",
        "float16",
        lambda r: inputs(r, (1, 4, 8, 8), (5, 4, 3, 3), dtype=half),
        shape="1x4x8x8",
        public=True,
    )
    yield case(
        "f32-body",
        "float32",
        lambda r: inputs(r, (2, 16, 28, 28), (32, 16, 3, 3)),
        shape="2x16x28x28 * 32x16x3x3",
        public=True,
        timed=True,
    )
    yield case(
        "f32-stem",
        "float32",
        lambda r: inputs(r, (4, 3, 64, 64), (24, 3, 5, 5), 2, 2),
        shape="4x3x64x64 * 24x3x5x5 / 2",
        timed=True,
    )
    yield case(
        "f32-pointwise",
        "float32",
        lambda r: inputs(r, (8, 64, 23, 23), (48, 64, 1, 1), 1, 0),
        shape="8x64x23x23 * 48x64x1x1",
        timed=True,
    )
    yield case(
        "f32-random-size",
        "float32",
        lambda r, n=odd: inputs(r, (1, 3, n, n + 2), (7, 3, 3, 5)),
        shape=f"1x3x{odd}x{odd + 2}",
    )
    yield case("f32-prime", "float32", lambda r: inputs(r, (3, 5, 13, 17), (7, 5, 3, 3)), shape="3x5x13x17 * 7x5x3x3")
    yield case("f32-one-channel", "float32", lambda r: inputs(r, (2, 1, 12, 15), (1, 1, 3, 3)), shape="2x1x12x15")
    yield case(
        "f32-flat-kernel",
        "float32",
        lambda r: inputs(r, (2, 4, 10, 21), (6, 4, 1, 7), 1, 3),
        shape="2x4x10x21 * 6x4x1x7",
    )
    yield case(
        "f32-no-padding", "float32", lambda r: inputs(r, (2, 6, 14, 9), (5, 6, 4, 2), 1, 0), shape="2x6x14x9 * 5x6x4x2"
    )
    yield case(
        "f32-wide-stride", "float32", lambda r: inputs(r, (1, 4, 23, 29), (9, 4, 3, 3), 3, 2), shape="1x4x23x29 / 3"
    )
    yield case(
        "f32-one-pixel", "float32", lambda r: inputs(r, (5, 8, 3, 3), (11, 8, 3, 3), 1, 0), shape="5x8x3x3 → 1x1"
    )
    yield case(
        "f32-large-scale", "float32", lambda r: inputs(r, (1, 6, 11, 11), (4, 6, 3, 3), scale=1e3), shape="1x6x11x11"
    )
    yield case(
        "f32-shifted", "float32", lambda r: inputs(r, (1, 6, 11, 11), (4, 6, 3, 3), shift=20.0), shape="1x6x11x11"
    )
    yield case(
        "f32-checkerboard", "float32", lambda r: checkerboard(r, (1, 3, 12, 12), (5, 3, 3, 3)), shape="1x3x12x12"
    )
    yield case(
        "f32-channels-last",
        "float32",
        lambda r: channels_last(r, (2, 6, 9, 13), (8, 6, 3, 3)),
        shape="2x6x9x13, channels last",
    )
    yield case("f32-cropped", "float32", lambda r: cropped(r, (2, 3, 12, 10), (4, 3, 3, 3)), shape="2x3x12x10, strided")
    yield case(
        "f32-undefined",
        "float32",
        lambda r: with_undefined(r, (2, 2, 10, 10), (3, 2, 3, 3)),
        shape="2x2x10x10, NaN and inf",
    )
    yield case(
        "f16-body", "float16", lambda r: inputs(r, (1, 24, 12, 12), (16, 24, 3, 3), dtype=half), shape="1x24x12x12"
    )
    yield case(
        "f16-scaled",
        "float16",
        lambda r: inputs(r, (1, 9, 15, 7), (5, 9, 3, 3), 2, 0, half, 50.0),
        shape="1x9x15x7 / 2",
    )
    yield case(
        "bf16-body", "bfloat16", lambda r: inputs(r, (1, 12, 10, 14), (9, 12, 3, 3), dtype=brain), shape="1x12x10x14"
    )
    yield case(
        "f32-no-images",
        "float32",
        lambda r: inputs(r, (0, 2, 5, 5), (3, 2, 3, 3)),
        shape="0x2x5x5",
        public=True,
        degenerate=True,
    )
