"""AddRMSNorm: shapes × dtypes × layouts × value classes.

Half-precision values reach 300 and more, whose squares exceed what float16 can hold.
"""

import ml_dtypes
import numpy as np


def inputs(rng, shape, dtype="float32", *, scale=1.0, eps=1e-6):
    x, residual = scale * rng.standard_normal((2, *shape), np.float32)
    weight = 1 + 0.3 * rng.standard_normal(shape[-1])
    return {
        "x": x.astype(dtype),
        "residual": residual.astype(dtype),
        "weight": weight.astype(dtype),
        "eps": eps,
    }


def transposed(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"x": np.asfortranarray(made["x"])}


def strided(rng, rows, columns):
    made = inputs(rng, (rows, columns * 2))
    return made | {name: made[name][..., ::2] for name in ("x", "residual", "weight")}


def cancelling(rng, rows, columns):
    """x and residual nearly cancel: what is normalised is the small difference."""
    made = inputs(rng, (rows, columns), scale=64.0)
    difference = np.ldexp(np.round(rng.standard_normal((rows, columns)) * 256), -12).astype(np.float32)
    base = np.round(made["x"]).astype(np.float32)
    return made | {"x": base + difference, "residual": -base}


def broadcast_residual(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"residual": np.broadcast_to(made["residual"][:1], (rows, columns))}


def mostly_zero(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    made["x"][1::4] = 0
    made["residual"][1::4] = 0
    return made


def with_undefined(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    made["x"][3, 7] = np.nan
    made["residual"][5, 1] = np.nan
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(60, 120)) * 2 + 1
    yield case("f32-small", "float32", lambda r: inputs(r, (2, 8)), shape="2x8", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, (13, 151)), shape="13x151", public=True)
    yield case("f16-tokens", "float16", lambda r: inputs(r, (16, 1024), np.float16), shape="16x1024", public=True)
    yield case("f32-prefill", "float32", lambda r: inputs(r, (256, 1024)), shape="256x1024", public=True, timed=True)
    yield case("f32-wide", "float32", lambda r: inputs(r, (64, 5120)), shape="64x5120", timed=True)
    yield case("f32-batch", "float32", lambda r: inputs(r, (8, 61, 640)), shape="8x61x640", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, (18, n)), shape=f"18x{odd}")
    yield case("f32-tiny-scale", "float32", lambda r: inputs(r, (27, 127), scale=1e-3), shape="27x127")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, (27, 127), scale=1e6), shape="27x127")
    yield case("f32-cancelling", "float32", lambda r: cancelling(r, 22, 263), shape="22x263")
    yield case("f32-large-eps", "float32", lambda r: inputs(r, (15, 65), eps=0.5), shape="15x65")
    yield case("f32-vector", "float32", lambda r: inputs(r, (701,)), shape="701")
    yield case("f32-column-major", "float32", lambda r: transposed(r, 39, 71), shape="39x71, column-major")
    yield case("f32-strided", "float32", lambda r: strided(r, 23, 89), shape="23x89, strided")
    yield case("f32-one-residual", "float32", lambda r: broadcast_residual(r, 26, 90), shape="26x90, broadcast")
    yield case("f32-zero-rows", "float32", lambda r: mostly_zero(r, 21, 48), shape="21x48")
    yield case("f32-undefined-rows", "float32", lambda r: with_undefined(r, 8, 31), shape="8x31, NaN")
    yield case("f16-large", "float16", lambda r: inputs(r, (33, 333), np.float16, scale=300.0), shape="33x333")
    yield case("f16-small-values", "float16", lambda r: inputs(r, (33, 255), np.float16, scale=0.02), shape="33x255")
    yield case("bf16-tokens", "bfloat16", lambda r: inputs(r, (41, 448), ml_dtypes.bfloat16), shape="41x448")
    yield case("f32-one-column", "float32", lambda r: inputs(r, (17, 1)), shape="17x1")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, (0, 12)), shape="0x12", public=True, degenerate=True)
