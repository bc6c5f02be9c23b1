"""Sliding-window attention: heads × tokens × windows × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, heads, tokens, channels, window, dtype="float32", *, scale=1.0, spread=1.0, steep=0.0):
    shape = (heads, tokens, channels)
    return {
        "query": (scale * rng.standard_normal(shape, np.float32)).astype(dtype),
        "key": (scale * rng.standard_normal(shape, np.float32)).astype(dtype),
        "value": (spread * rng.standard_normal(shape, np.float32)).astype(dtype),
        "slopes": (steep * 2.0 ** -np.arange(heads)).astype(np.float32),
        "window": window,
    }


def tokens_first(rng, heads, tokens, channels, window):
    made = inputs(rng, tokens, heads, channels, window, steep=0.5)
    turned = {n: v.transpose(1, 0, 2) if n in ("query", "key", "value") else v for n, v in made.items()}
    return turned | {"slopes": made["slopes"][:heads]}


def shared_keys(rng, heads, tokens, channels, window):
    made = inputs(rng, heads, tokens, channels, window)
    return made | {n: np.broadcast_to(made[n][:1], made[n].shape) for n in ("key", "value")}


def loud_outside(rng, heads, tokens, channels, window):
    """One in seven values is a thousand times larger: whoever looks a step too far, either way, shows it."""
    made = inputs(rng, heads, tokens, channels, window)
    made["value"][:, ::7] *= 1000
    return made


def equal_keys(rng, heads, tokens, channels, window):
    """Equal keys without a slope: the answer is a moving average of the values."""
    made = inputs(rng, heads, tokens, channels, window)
    return made | {"key": np.repeat(made["key"][:, :1], tokens, axis=1)}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(15, 40)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 7, 8, 3), "2x7x8, w=3", public=True)
    yield case("f32-slopes", "float32", lambda r: inputs(r, 3, 37, 20, 10, steep=0.5), "3x37x20, w=10", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 2, 24, 16, 8, half), "2x24x16, w=8", public=True)
    yield case("f32-local", "float32", lambda r: inputs(r, 3, 384, 64, 64), "3x384x64, w=64", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: inputs(r, 1, 701, 48, 100, steep=0.1), "1x701x48, w=100", timed=True)
    yield case("f32-narrow", "float32", lambda r: inputs(r, 4, 331, 80, 17, steep=0.2), "4x331x80, w=17", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 3, odd, 24, 11), f"3x{odd}x24, w=11")
    yield case("f32-window-of-one", "float32", lambda r: inputs(r, 3, 20, 12, 1), "3x20x12, w=1")
    yield case("f32-whole-window", "float32", lambda r: inputs(r, 2, 33, 16, 1000), "2x33x16, w=1000")
    yield case("f32-one-channel", "float32", lambda r: inputs(r, 4, 29, 1, 6), "4x29x1, w=6")
    yield case("f32-one-token", "float32", lambda r: inputs(r, 5, 1, 16, 4), "5x1x16, w=4")
    yield case("f32-prime-channels", "float32", lambda r: inputs(r, 2, 43, 53, 13), "2x43x53, w=13")
    yield case("f32-sharp", "float32", lambda r: inputs(r, 3, 50, 32, 20, scale=4.0), "3x50x32, w=20")
    yield case("f32-steep-slopes", "float32", lambda r: inputs(r, 3, 70, 16, 60, steep=30.0), "3x70x16, w=60")
    yield case("f32-rising-slopes", "float32", lambda r: inputs(r, 2, 60, 16, 55, steep=-2.0), "2x60x16, w=55")
    yield case("f32-equal-keys", "float32", lambda r: equal_keys(r, 3, 50, 12, 9), "3x50x12, w=9")
    yield case("f32-loud-outside", "float32", lambda r: loud_outside(r, 2, 64, 16, 5), "2x64x16, w=5")
    yield case("f32-large-values", "float32", lambda r: inputs(r, 2, 33, 28, 8, spread=1e3), "2x33x28, w=8")
    yield case("f32-tokens-first", "float32", lambda r: tokens_first(r, 4, 39, 24, 12), "4x39x24, transposed")
    yield case("f32-shared-keys", "float32", lambda r: shared_keys(r, 5, 27, 18, 7), "5x27x18, broadcast")
    yield case("f16-local", "float16", lambda r: inputs(r, 3, 64, 64, 16, half, steep=0.25), "3x64x64, w=16")
    yield case("bf16-local", "bfloat16", lambda r: inputs(r, 2, 45, 40, 12, brain), "2x45x40, w=12")
    yield case("f32-no-heads", "float32", lambda r: inputs(r, 0, 4, 8, 2), "0x4x8", public=True, degenerate=True)
