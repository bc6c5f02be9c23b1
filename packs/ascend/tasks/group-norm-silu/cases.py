"""GroupNorm with SiLU: shapes × groups × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, batch, channels, length, groups, dtype="float32", *, scale=1.0, shift=0.0, eps=1e-5):
    return {
        "x": (shift + scale * rng.standard_normal((batch, channels, length), np.float32)).astype(dtype),
        "gamma": (1 + 0.4 * rng.standard_normal(channels, np.float32)).astype(dtype),
        "beta": (0.4 * rng.standard_normal(channels, np.float32)).astype(dtype),
        "groups": groups,
        "eps": eps,
    }


def channels_last(rng, batch, channels, length, groups):
    """As a channels-last framework hands it over: the channels lie closest together."""
    made = inputs(rng, batch, channels, length, groups)
    return made | {"x": np.ascontiguousarray(made["x"].transpose(0, 2, 1)).transpose(0, 2, 1)}


def strided(rng, batch, channels, length, groups):
    made = inputs(rng, 2 * batch, channels, 3 * length, groups)
    return made | {"x": made["x"][::2, :, ::3]}


def uneven_channels(rng, batch, channels, length, groups):
    """Channels of one group differ a thousandfold in scale."""
    made = inputs(rng, batch, channels, length, groups)
    made["x"] *= np.float32(10) ** rng.uniform(-1.5, 1.5, (channels, 1)).astype(np.float32)
    return made


def constant_groups(rng, batch, channels, length, groups):
    """Groups without variance: what remains is SiLU of the offset."""
    made = inputs(rng, batch, channels, length, groups, eps=1e-3)
    level = rng.integers(-8, 8, (batch, groups, 1)).astype(np.float32) / 4
    return made | {"x": np.broadcast_to(level.repeat(channels // groups, axis=1), made["x"].shape)}


def with_undefined(rng, batch, channels, length, groups):
    made = inputs(rng, batch, channels, length, groups)
    made["x"][0, 1, 2] = np.nan
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(20, 60)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 4, 6, 2), "2x4x6, 2 groups", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 3, 15, 37, 5), "3x15x37, 5 groups", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 2, 8, 30, 4, half), "2x8x30, 4 groups", public=True)
    yield case(
        "f32-latent", "float32", lambda r: inputs(r, 2, 128, 576, 32), "2x128x576, 32 groups", public=True, timed=True
    )
    yield case("f32-image", "float32", lambda r: inputs(r, 1, 32, 4111, 8), "1x32x4111, 8 groups", timed=True)
    yield case("f32-many-groups", "float32", lambda r: inputs(r, 4, 320, 101, 320), "4x320x101, 320 groups", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 2, 12, odd, 3), f"2x12x{odd}, 3 groups")
    yield case("f32-one-group", "float32", lambda r: inputs(r, 3, 7, 29, 1), "3x7x29, 1 group")
    yield case("f32-length-one", "float32", lambda r: inputs(r, 5, 24, 1, 6), "5x24x1, 6 groups")
    yield case("f32-offset", "float32", lambda r: inputs(r, 2, 8, 60, 4, shift=100.0), "2x8x60, 4 groups")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 2, 8, 60, 2, scale=1e4), "2x8x60, 2 groups")
    yield case("f32-small-scale", "float32", lambda r: inputs(r, 2, 8, 60, 2, scale=5e-3), "2x8x60, 2 groups")
    yield case("f32-uneven-channels", "float32", lambda r: uneven_channels(r, 2, 9, 41, 3), "2x9x41, 3 groups")
    yield case(
        "f32-constant-groups", "float32", lambda r: constant_groups(r, 2, 6, 20, 3), "2x6x20, 3 groups, broadcast"
    )
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 2, 6, 11, 3), "2x6x11, 3 groups, NaN")
    yield case(
        "f32-channels-last", "float32", lambda r: channels_last(r, 2, 12, 45, 4), "2x12x45, 4 groups, transposed"
    )
    yield case("f32-strided", "float32", lambda r: strided(r, 2, 10, 23, 5), "2x10x23, 5 groups, strided")
    yield case("f16-latent", "float16", lambda r: inputs(r, 2, 32, 49, 8, half), "2x32x49, 8 groups")
    yield case("bf16-latent", "bfloat16", lambda r: inputs(r, 2, 24, 50, 6, brain), "2x24x50, 6 groups")
    yield case("f32-no-batch", "float32", lambda r: inputs(r, 0, 4, 6, 2), "0x4x6", public=True, degenerate=True)
