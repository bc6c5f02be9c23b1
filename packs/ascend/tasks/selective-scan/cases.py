"""Selective scan: tokens × channels × states × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def inputs(rng, tokens, channels, states, dtype="float32", *, step=0.3, rate=1.0, scale=1.0):
    """`delta` is positive and `a` negative, as softplus and -exp leave them."""
    return {
        "x": (scale * rng.standard_normal((tokens, channels), np.float32)).astype(dtype),
        "delta": (step * rng.uniform(0.2, 1.8, (tokens, channels))).astype(dtype),
        "a": (-rate * rng.uniform(0.1, 2.0, (channels, states))).astype(np.float32),
        "b": rng.standard_normal((tokens, states), np.float32).astype(dtype),
        "c": (rng.standard_normal((tokens, states), np.float32) / np.sqrt(max(states, 1))).astype(dtype),
        "d": rng.standard_normal(channels, np.float32),
    }


def channels_first(rng, tokens, channels, states):
    """As a convolution before it leaves them: tokens lie closest together."""
    made = inputs(rng, tokens, channels, states)
    return {n: np.asfortranarray(v) for n, v in made.items()}


def strided(rng, tokens, channels, states):
    made = inputs(rng, 2 * tokens, channels, 3 * states)
    rows = {n: made[n][::2] for n in ("x", "delta")} | {n: made[n][::-2, ::3] for n in ("b", "c")}
    return made | rows | {"a": made["a"][:, ::3]}


def shared_step(rng, tokens, channels, states):
    """One step width and one rate for all channels, broadcast."""
    made = inputs(rng, tokens, channels, states)
    return made | {
        "delta": np.broadcast_to(made["delta"][:, :1], made["x"].shape),
        "a": np.repeat(made["a"][:1], channels, 0),
    }


def closed(rng, tokens, channels, states):
    """The step is zero for a third of the tokens: the state passes them untouched."""
    made = inputs(rng, tokens, channels, states)
    made["delta"][rng.random(tokens) < 0.34] = 0
    return made


def with_undefined(rng, tokens, channels, states):
    made = inputs(rng, tokens, channels, states)
    made["x"][tokens // 2, 1] = np.nan
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(10, 40)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 5, 3, 4), "5x3, 4 states", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 37, 19, 7), "37x19, 7 states", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 20, 16, 8, half), "20x16, 8 states", public=True)
    yield case("f32-layer", "float32", lambda r: inputs(r, 96, 256, 16), "96x256, 16 states", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: inputs(r, 400, 61, 16, step=0.05), "400x61, 16 states", timed=True)
    yield case("f32-few-states", "float32", lambda r: inputs(r, 128, 640, 4), "128x640, 4 states", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 31, odd, 6), f"31x{odd}, 6 states")
    yield case("f32-one-token", "float32", lambda r: inputs(r, 1, 33, 16), "1x33, 16 states")
    yield case("f32-one-channel", "float32", lambda r: inputs(r, 71, 1, 16), "71x1, 16 states")
    yield case("f32-one-state", "float32", lambda r: inputs(r, 41, 23, 1), "41x23, 1 state")
    yield case("f32-many-states", "float32", lambda r: inputs(r, 30, 18, 65), "30x18, 65 states")
    yield case("f32-long-memory", "float32", lambda r: inputs(r, 500, 9, 8, step=1e-3), "500x9, 8 states")
    yield case("f32-no-memory", "float32", lambda r: inputs(r, 50, 20, 8, rate=300.0), "50x20, 8 states")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, 60, 20, 8, scale=300.0), "60x20, 8 states")
    yield case("f32-closed-steps", "float32", lambda r: closed(r, 60, 20, 8), "60x20, 8 states")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 20, 6, 4), "20x6, 4 states, NaN")
    yield case("f32-channels-first", "float32", lambda r: channels_first(r, 45, 26, 12), "45x26, transposed")
    yield case("f32-strided", "float32", lambda r: strided(r, 33, 21, 10), "33x21, strided")
    yield case("f32-shared-step", "float32", lambda r: shared_step(r, 40, 24, 8), "40x24, broadcast")
    yield case("f16-layer", "float16", lambda r: inputs(r, 50, 48, 16, half), "50x48, 16 states")
    yield case("bf16-layer", "bfloat16", lambda r: inputs(r, 45, 40, 16, brain), "45x40, 16 states")
    yield case("f32-no-tokens", "float32", lambda r: inputs(r, 0, 8, 4), "0x8", public=True, degenerate=True)
