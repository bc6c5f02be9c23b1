"""Retention: heads × tokens × channels × decays × dtypes × layouts.

Queries are scaled so that results are of the order of one.
"""

import ml_dtypes
import numpy as np


def inputs(rng, heads, tokens, channels, width, dtype="float32", *, low=0.8, high=0.99, spread=1.0):
    decay = np.linspace(low, high, heads).astype(np.float32) if heads else np.empty(0, np.float32)
    size = np.sqrt(channels * np.minimum(tokens, 1 / np.maximum(1 - decay**2, 1e-3)))[:, None, None]
    return {
        "query": (rng.standard_normal((heads, tokens, channels), np.float32) / size).astype(dtype),
        "key": rng.standard_normal((heads, tokens, channels), np.float32).astype(dtype),
        "value": (spread * rng.standard_normal((heads, tokens, width), np.float32)).astype(dtype),
        "decay": decay,
    }


def tokens_first(rng, heads, tokens, channels, width):
    made = inputs(rng, heads, tokens, channels, width)
    turned = {n: np.ascontiguousarray(v.transpose(1, 0, 2)).transpose(1, 0, 2) for n, v in made.items() if v.ndim == 3}
    return made | turned


def strided(rng, heads, tokens, channels, width):
    made = inputs(rng, heads, tokens, 2 * channels, 3 * width)
    return {n: v[:, ::-1, :: 3 if n == "value" else 2] if v.ndim == 3 else v for n, v in made.items()}


def shared_keys(rng, heads, tokens, channels, width):
    made = inputs(rng, heads, tokens, channels, width)
    return made | {n: np.broadcast_to(made[n][:1], made[n].shape) for n in ("key", "value")}


def loud_future(rng, heads, tokens, channels, width):
    """Later values are a thousand times larger: the slightest look ahead shows."""
    made = inputs(rng, heads, tokens, channels, width)
    made["value"][:, tokens // 2 :] *= 1000
    return made


def impulse(rng, heads, tokens, channels, width):
    """One key and value that aren't zero: what remains is a fading echo."""
    made = inputs(rng, heads, tokens, channels, width, low=0.9)
    made["key"][:, : tokens // 4] = 0
    made["key"][:, tokens // 4 + 1 :] = 0
    made["query"] *= 10
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(15, 50)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 5, 4, 4), "2x5x4", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 3, 37, 20, 12), "3x37x20, width 12", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 2, 24, 16, 16, half), "2x24x16", public=True)
    yield case("f32-layer", "float32", lambda r: inputs(r, 3, 320, 64, 64), "3x320x64", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: inputs(r, 3, 251, 32, 48, low=0.97), "3x251x32, width 48", timed=True)
    yield case("f32-prime", "float32", lambda r: inputs(r, 2, 331, 53, 79), "2x331x53, width 79", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 3, odd, 24, 24), f"3x{odd}x24")
    yield case("f32-one-token", "float32", lambda r: inputs(r, 5, 1, 16, 16), "5x1x16")
    yield case("f32-one-channel", "float32", lambda r: inputs(r, 4, 29, 1, 9), "4x29x1, width 9")
    yield case("f32-width-one", "float32", lambda r: inputs(r, 4, 60, 9, 1), "4x60x9, width 1")
    yield case("f32-no-decay", "float32", lambda r: inputs(r, 2, 90, 16, 16, low=1.0, high=1.0), "2x90x16, decay 1")
    yield case("f32-no-memory", "float32", lambda r: inputs(r, 2, 40, 16, 16, low=0.0, high=0.0), "2x40x16, decay 0")
    yield case(
        "f32-fast-decay", "float32", lambda r: inputs(r, 3, 150, 16, 16, low=0.01, high=0.3), "3x150x16, short memory"
    )
    yield case(
        "f32-slow-decay", "float32", lambda r: inputs(r, 2, 300, 8, 8, low=0.999, high=0.9999), "2x300x8, long memory"
    )
    yield case("f32-impulse", "float32", lambda r: impulse(r, 2, 64, 16, 16), "2x64x16")
    yield case("f32-loud-future", "float32", lambda r: loud_future(r, 2, 46, 16, 16), "2x46x16")
    yield case("f32-large-values", "float32", lambda r: inputs(r, 2, 33, 28, 28, spread=1e3), "2x33x28")
    yield case("f32-tokens-first", "float32", lambda r: tokens_first(r, 4, 39, 24, 18), "4x39x24, transposed")
    yield case("f32-strided", "float32", lambda r: strided(r, 3, 31, 12, 10), "3x31x12, strided")
    yield case("f32-shared-keys", "float32", lambda r: shared_keys(r, 5, 27, 18, 18), "5x27x18, broadcast")
    yield case("f16-layer", "float16", lambda r: inputs(r, 3, 64, 64, 64, half), "3x64x64")
    yield case("bf16-layer", "bfloat16", lambda r: inputs(r, 2, 45, 40, 32, brain), "2x45x40, width 32")
    yield case("f32-no-heads", "float32", lambda r: inputs(r, 0, 4, 8, 8), "0x4x8", public=True, degenerate=True)
