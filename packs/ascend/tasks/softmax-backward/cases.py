"""Softmax backward: shapes × dtypes × layouts × value classes.

`y` need not sum to one exactly, as after rounding or dropout: the formula is applied to it as it is. Rows are scaled so
that results are of the order of one.
"""

import ml_dtypes
import numpy as np


def inputs(rng, shape, dtype="float32", *, sharp=1.0, slope=1.0, shift=0.0, scale=None):
    logits = sharp * rng.standard_normal(shape, np.float32)
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    return {
        "y": (powers / powers.sum(axis=-1, keepdims=True)).astype(dtype),
        "dy": (shift + slope * rng.standard_normal(shape, np.float32)).astype(dtype),
        "scale": float(shape[-1]) / 4 if scale is None else scale,
    }


def masked(rng, rows, columns):
    """Causal rows: what is hidden has probability zero and any gradient, even a huge one."""
    made = inputs(rng, (rows, columns))
    hidden = np.arange(columns) > np.arange(rows)[:, None] + columns - rows
    made["y"][hidden], made["dy"][hidden] = 0, 1e6
    return made


def layout(rng, kind):
    made = inputs(rng, (62, 86))
    views = {"transposed": lambda a: a.T, "strided": lambda a: a[::2, ::3], "reversed": lambda a: a[::-1, ::-1]}
    return made | {name: views[kind](made[name]) for name in ("y", "dy")}


def shared_gradient(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    return made | {"dy": np.broadcast_to(made["dy"][:1], (rows, columns))}


def with_undefined(rng, rows, columns):
    made = inputs(rng, (rows, columns))
    made["dy"][2, 3], made["y"][5, 1] = np.nan, np.nan
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(50, 150)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (3, 6)), "3x6", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, (17, 103)), "17x103", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, (9, 48), half), "9x48", public=True)
    yield case("f32-attention", "float32", lambda r: inputs(r, (4, 128, 512)), "4x128x512", public=True, timed=True)
    yield case("f32-vocabulary", "float32", lambda r: inputs(r, (16, 16_001)), "16x16001", timed=True)
    yield case("f32-narrow", "float32", lambda r: inputs(r, (6001, 67)), "6001x67", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, (11, odd)), f"11x{odd}")
    yield case("f32-vector", "float32", lambda r: inputs(r, (307,)), "307")
    yield case("f32-two-columns", "float32", lambda r: inputs(r, (41, 2), scale=3.0), "41x2")
    yield case("f32-sharp", "float32", lambda r: inputs(r, (15, 90), sharp=4.0), "15x90")
    yield case("f32-offset", "float32", lambda r: inputs(r, (14, 70), shift=64.0), "14x70")
    yield case("f32-steep", "float32", lambda r: inputs(r, (12, 80), slope=300.0), "12x80")
    yield case("f32-masked", "float32", lambda r: masked(r, 31, 45), "31x45, causal")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 9, 21), "9x21, NaN")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "86x62, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "31x29, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "62x86, reversed")
    yield case("f32-shared-gradient", "float32", lambda r: shared_gradient(r, 23, 57), "23x57, broadcast")
    yield case("f16-attention", "float16", lambda r: inputs(r, (2, 33, 128), half), "2x33x128")
    yield case("bf16-attention", "bfloat16", lambda r: inputs(r, (3, 21, 96), brain), "3x21x96")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, (0, 5)), "0x5", public=True, degenerate=True)
