"""Routing: tokens × experts × k × dtypes × layouts × value classes. Logits are finite or -infinity, never NaN."""

import ml_dtypes
import numpy as np


def inputs(rng, tokens, experts, k, dtype="float32", *, scale=1.0, shift=0.0):
    return {"logits": (shift + scale * rng.standard_normal((tokens, experts), np.float32)).astype(dtype), "k": k}


def crowded(rng, tokens, experts, k):
    """Two experts are everybody's first choice: their queues are long, others are empty."""
    made = inputs(rng, tokens, experts, k)
    made["logits"][:, [1, experts - 2]] += 6
    return made


def ties(rng, tokens, experts, k, dtype="float32"):
    """Few different logits: of equals, the smaller number goes first."""
    return {"logits": rng.integers(-2, 2, (tokens, experts)).astype(dtype), "k": k}


def masked(rng, tokens, experts, k):
    """A third of the experts are out of use; at least k remain to everyone."""
    made = inputs(rng, tokens, experts, k)
    made["logits"][:, rng.permutation(experts)[: (experts - k) // 3]] = -np.inf
    return made


def layout(rng, kind):
    x = rng.standard_normal((66, 48)).astype(np.float32)
    views = {"transposed": x.T, "strided": x[::2, ::3], "reversed": x[::-1, ::-1]}
    return {"logits": views[kind], "k": 3}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(30, 150)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 6, 5, 2), "6x5, k=2", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 61, 17, 3), "61x17, k=3", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 20, 8, 2, half), "20x8, k=2", public=True)
    yield case("f32-eight", "float32", lambda r: inputs(r, 6000, 8, 2), "6000x8, k=2", public=True, timed=True)
    yield case("f32-fine", "float32", lambda r: inputs(r, 701, 128, 8), "701x128, k=8", timed=True)
    yield case("f32-crowded", "float32", lambda r: crowded(r, 2003, 61, 4), "2003x61, k=4", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, odd, 12, 2), f"{odd}x12, k=2")
    yield case("f32-switch", "float32", lambda r: inputs(r, 90, 16, 1), "90x16, k=1", degenerate=False)
    yield case("f32-all-chosen", "float32", lambda r: inputs(r, 40, 6, 6), "40x6, k=6")
    yield case("f32-two-experts", "float32", lambda r: inputs(r, 75, 2, 1), "75x2, k=1")
    yield case("f32-many-experts", "float32", lambda r: inputs(r, 30, 500, 5), "30x500, k=5")
    yield case("f32-ties", "float32", lambda r: ties(r, 80, 20, 4), "80x20, k=4")
    yield case("f32-masked", "float32", lambda r: masked(r, 50, 24, 4), "50x24, k=4, -inf masks")
    yield case("f32-sharp", "float32", lambda r: inputs(r, 50, 24, 4, scale=40.0), "50x24, k=4")
    yield case("f32-offset", "float32", lambda r: inputs(r, 50, 24, 4, shift=500.0), "50x24, k=4")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "48x66, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "33x16, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "66x48, reversed")
    yield case("f16-ties", "float16", lambda r: ties(r, 60, 16, 3, half), "60x16, k=3")
    yield case("bf16-batch", "bfloat16", lambda r: inputs(r, 70, 32, 4, brain), "70x32, k=4")
    yield case("f32-one-expert", "float32", lambda r: inputs(r, 1, 1, 1), "1x1, k=1", degenerate=True)
    yield case("f32-no-tokens", "float32", lambda r: inputs(r, 0, 8, 2), "0x8, k=2", public=True, degenerate=True)
