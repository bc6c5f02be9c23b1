"""Causal attention: heads × tokens × channels × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, heads, queries, channels, keys=None, dtype="float32", *, scale=1.0, spread=1.0):
    keys = keys or queries
    return {
        "query": (scale * rng.standard_normal((heads, queries, channels), np.float32)).astype(dtype),
        "key": (scale * rng.standard_normal((heads, keys, channels), np.float32)).astype(dtype),
        "value": (spread * rng.standard_normal((heads, keys, channels), np.float32)).astype(dtype),
    }


def tokens_first(rng, heads, tokens, channels):
    """Heads lie between tokens and channels, as a projection leaves them."""
    made = inputs(rng, tokens, heads, channels)
    return {name: value.transpose(1, 0, 2) for name, value in made.items()}


def shared_keys(rng, heads, tokens, channels):
    """Multi-query attention: all heads look at the same keys and values."""
    made = inputs(rng, heads, tokens, channels)
    shape = made["key"].shape
    return made | {name: np.broadcast_to(made[name][:1], shape) for name in ("key", "value")}


def equal_keys(rng, heads, tokens, channels):
    """Equal keys give equal weights: the answer is the running mean of the values."""
    made = inputs(rng, heads, tokens, channels)
    return made | {"key": np.repeat(made["key"][:, :1], tokens, axis=1)}


def offset_scores(rng, heads, tokens, channels):
    """All scores are near +800 or -800: exponentials overflow or vanish unless the maximum is taken off.

    Eighths, and a square number of channels, keep the scores exact in float32: nothing else is hard here.
    """
    made = inputs(rng, heads, tokens, channels)
    sign = np.where(np.arange(heads) % 2, 1, -1)[:, None]
    query, key = (np.round(4 * made[name]) / 8 for name in ("query", "key"))
    query[:, :, 0], key[:, :, 0] = 64, sign * 12.5 * np.sqrt(channels)
    return made | {"query": query.astype(np.float32), "key": key.astype(np.float32)}


def loud_future(rng, heads, tokens, channels):
    """Later values are a thousand times larger: the slightest look ahead shows."""
    made = inputs(rng, heads, tokens, channels)
    made["value"][:, tokens // 2 :] *= 1000
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(15, 30)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 2, 5, 8), shape="2x5x8", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 3, 37, 20), shape="3x37x20", public=True)
    yield case("f32-continued", "float32", lambda r: inputs(r, 2, 7, 16, 30), shape="2x7x16, 30 keys", public=True)
    yield case("f32-prefill", "float32", lambda r: inputs(r, 4, 192, 64), shape="4x192x64", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: inputs(r, 1, 401, 64), shape="1x401x64", timed=True)
    yield case("f32-chunk", "float32", lambda r: inputs(r, 6, 61, 80, 331), shape="6x61x80, 331 keys", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, 3, n, 24), shape=f"3x{odd}x24")
    yield case("f32-decode", "float32", lambda r: inputs(r, 6, 1, 32, 117), shape="6x1x32, 117 keys")
    yield case("f32-one-token", "float32", lambda r: inputs(r, 4, 1, 16), shape="4x1x16")
    yield case("f32-one-channel", "float32", lambda r: inputs(r, 5, 29, 1), shape="5x29x1")
    yield case("f32-prime-channels", "float32", lambda r: inputs(r, 2, 43, 53), shape="2x43x53")
    yield case("f32-sharp", "float32", lambda r: inputs(r, 3, 41, 32, scale=6.0), shape="3x41x32")
    yield case("f32-offset-scores", "float32", lambda r: offset_scores(r, 4, 35, 16), shape="4x35x16")
    yield case("f32-equal-keys", "float32", lambda r: equal_keys(r, 3, 50, 12), shape="3x50x12")
    yield case("f32-loud-future", "float32", lambda r: loud_future(r, 2, 46, 16), shape="2x46x16")
    yield case("f32-large-values", "float32", lambda r: inputs(r, 2, 33, 28, spread=1e3), shape="2x33x28")
    yield case("f32-tokens-first", "float32", lambda r: tokens_first(r, 4, 39, 24), shape="4x39x24, transposed")
    yield case("f32-shared-keys", "float32", lambda r: shared_keys(r, 5, 27, 18), shape="5x27x18, broadcast")
    yield case("f16-prefill", "float16", lambda r: inputs(r, 3, 64, 64, dtype=half), shape="3x64x64")
    yield case("f16-continued", "float16", lambda r: inputs(r, 2, 9, 48, 70, half, spread=8.0), shape="2x9x48, 70 keys")
    yield case("bf16-prefill", "bfloat16", lambda r: inputs(r, 2, 45, 40, dtype=brain), shape="2x45x40")
    yield case("f32-no-heads", "float32", lambda r: inputs(r, 0, 4, 8), shape="0x4x8", public=True, degenerate=True)
