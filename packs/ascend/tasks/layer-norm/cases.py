"""Layer normalisation: shapes × dtypes × layouts × value classes.

A mean hundreds of times the deviation defeats the one-pass formula E[x²] - E[x]² in float32.
"""

import ml_dtypes
import numpy as np


def inputs(rng, shape, dtype="float32", *, scale=1.0, mean=0.0, eps=1e-5):
    x = mean + scale * rng.standard_normal(shape, np.float32)
    gamma = 1 + 0.3 * rng.standard_normal(shape[-1])
    beta = 0.5 * rng.standard_normal(shape[-1])
    return {"x": x.astype(dtype), "gamma": gamma.astype(dtype), "beta": beta.astype(dtype), "eps": eps}


def transposed(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"x": np.asfortranarray(made["x"])}


def reversed_(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"x": made["x"][::-1, ::-1], "gamma": made["gamma"][::-1]}


def constant_rows(rng, rows, columns):
    """Every row is constant, so the answer is beta; gamma and the offset must not leak in."""
    made = inputs(rng, (rows, columns))
    return made | {"x": np.repeat(np.round(rng.standard_normal((rows, 1)) * 64), columns, axis=1).astype(np.float32)}


def mixed_means(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"x": made["x"] + rng.integers(-400, 401, (rows, 1)).astype(np.float32)}


def with_undefined(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    made["x"][2, 5] = np.nan
    made["x"][4, 0] = np.inf
    return made


def cases(rng):
    def case(id, dtype, make, **more):
        return {"id": id, "dtype": dtype, "make": make, **more}

    odd = int(rng.integers(60, 120)) * 2 + 1
    yield case("f32-small", "float32", lambda r: inputs(r, (3, 8)), shape="3x8", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, (19, 101)), shape="19x101", public=True)
    yield case("f16-hidden-768", "float16", lambda r: inputs(r, (24, 768), np.float16), shape="24x768", public=True)
    yield case("f32-tokens", "float32", lambda r: inputs(r, (256, 768)), shape="256x768", public=True, timed=True)
    yield case("f32-wide", "float32", lambda r: inputs(r, (64, 4096)), shape="64x4096", timed=True)
    yield case("f32-batch", "float32", lambda r: inputs(r, (6, 197, 192)), shape="6x197x192", timed=True)
    yield case("f32-random-size", "float32", lambda r, n=odd: inputs(r, (21, n)), shape=f"21x{odd}")
    yield case("f32-large-mean", "float32", lambda r: inputs(r, (33, 512), mean=500.0), shape="33x512")
    yield case("f32-mixed-means", "float32", lambda r: mixed_means(r, 27, 333), shape="27x333")
    yield case("f32-tiny-scale", "float32", lambda r: inputs(r, (25, 127), scale=1e-3), shape="25x127")
    yield case("f32-large-scale", "float32", lambda r: inputs(r, (25, 127), scale=1e5), shape="25x127")
    yield case("f32-large-eps", "float32", lambda r: inputs(r, (15, 65), eps=0.1), shape="15x65")
    yield case("f32-vector", "float32", lambda r: inputs(r, (509,)), shape="509")
    yield case("f32-column-major", "float32", lambda r: transposed(r, 45, 77), shape="45x77, column-major")
    yield case("f32-reversed", "float32", lambda r: reversed_(r, 31, 83), shape="31x83, reversed")
    yield case("f32-undefined-rows", "float32", lambda r: with_undefined(r, 9, 37), shape="9x37, NaN and inf")
    yield case("f16-scaled", "float16", lambda r: inputs(r, (37, 255), np.float16, scale=40.0), shape="37x255")
    yield case("f16-large-mean", "float16", lambda r: inputs(r, (29, 384), np.float16, mean=60.0), shape="29x384")
    yield case("bf16-tokens", "bfloat16", lambda r: inputs(r, (47, 320), ml_dtypes.bfloat16), shape="47x320")
    yield case("f32-constant-rows", "float32", lambda r: constant_rows(r, 14, 64), shape="14x64", degenerate=True)
    yield case("f32-one-column", "float32", lambda r: inputs(r, (10, 1)), shape="10x1", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, (0, 16)), shape="0x16", public=True, degenerate=True)
