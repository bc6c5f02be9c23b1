"""GELU: shapes × dtypes × layouts × value classes."""

import ml_dtypes
import numpy as np


def normal(rng, shape, dtype="float32", scale=1.0, shift=0.0):
    return {"x": (shift + scale * rng.standard_normal(shape, np.float32)).astype(dtype)}


def layout(rng, kind):
    x = rng.standard_normal((66, 94)).astype(np.float32) * 2
    views = {
        "transposed": x.T,
        "strided": x[::3, ::2],
        "reversed": x[::-1],
        "broadcast": np.broadcast_to(x[0], (5, 94)),
    }
    return {"x": views[kind]}


def extremes(rng):
    x = (rng.standard_normal(1021) * 4).astype(np.float32)
    x[:8] = [np.inf, -np.inf, np.nan, 1e30, -1e30, 1e-30, -1e-30, 0.0]
    return {"x": rng.permutation(x)}


def negative_tail(rng):
    return {"x": -rng.uniform(1.5, 4.5, (53, 61)).astype(np.float32)}


def ties(rng):
    return {"x": rng.integers(-4, 5, (37, 59)).astype(np.float32) / 2}


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(900, 1500)) * 2 + 1
    yield case("f32-small", "float32", lambda r: normal(r, (3, 5)), shape="3x5", public=True)
    yield case("f32-odd", "float32", lambda r: normal(r, (1009,)), shape="1009", public=True)
    yield case("f16-hidden", "float16", lambda r: normal(r, (16, 256), np.float16), shape="16x256", public=True)
    yield case("f32-mlp", "float32", lambda r: normal(r, (48, 1024)), shape="48x1024", public=True, timed=True)
    yield case("f32-vector-large", "float32", lambda r: normal(r, (39989,), scale=2.0), shape="39989", timed=True)
    yield case("f16-mlp", "float16", lambda r: normal(r, (21, 2048), np.float16), shape="21x2048", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: normal(r, (n,)), shape=str(odd))
    yield case("f32-negative-tail", "float32", negative_tail, shape="53x61")
    yield case("f32-small-scale", "float32", lambda r: normal(r, (41, 43), scale=0.05), shape="41x43")
    yield case("f32-large-scale", "float32", lambda r: normal(r, (41, 43), scale=1e4), shape="41x43")
    yield case("f32-shifted", "float32", lambda r: normal(r, (41, 43), shift=-2.0, scale=0.5), shape="41x43")
    yield case("f32-extremes", "float32", extremes, shape="1021, NaN and inf")
    yield case("f32-ties", "float32", ties, shape="37x59")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), shape="94x66, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), shape="22x47, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), shape="66x94, reversed")
    yield case("f32-broadcast", "float32", lambda r: layout(r, "broadcast"), shape="5x94, broadcast")
    yield case("f32-five-axes", "float32", lambda r: normal(r, (2, 3, 4, 5, 7)), shape="2x3x4x5x7")
    yield case("f16-wide", "float16", lambda r: normal(r, (29, 83), np.float16, 20.0), shape="29x83")
    yield case("bf16-hidden", "bfloat16", lambda r: normal(r, (31, 97), ml_dtypes.bfloat16), shape="31x97")
    yield case("f32-one", "float32", lambda r: normal(r, (1,)), shape="1", degenerate=True)
    yield case("f32-empty", "float32", lambda r: normal(r, (0, 3)), shape="0x3", public=True, degenerate=True)
