"""Top-p: shapes × p × dtypes × layouts × shapes of the distribution.

All probabilities are multiples of 2⁻²², or of 2⁻¹² for the short types, and every row sums to at most one: single
precision adds them without error, so that everybody cuts at the same place.
"""

import ml_dtypes
import numpy as np


def rounded(shares, dtype):
    steps = 2.0**22 if dtype == "float32" else 2.0**12
    x = np.floor(shares * steps) / steps
    if dtype == "float32":
        return x.astype(np.float32)
    # Cut the mantissa, so that the sum stays at most one and the short type holds it exactly.
    bits = 7 if dtype == "bfloat16" else 10
    whole, exponent = np.frexp(x)
    return np.ldexp(np.floor(whole * 2**bits) / 2**bits, exponent).astype(dtype)


def inputs(rng, rows, columns, p, dtype="float32", *, sharp=2.0):
    logits = sharp * rng.standard_normal((rows, columns))
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True, initial=-np.inf))
    name = np.dtype(dtype).name
    x = rounded(powers / powers.sum(axis=-1, keepdims=True), name)
    if columns:
        # No row may be empty of probability.
        x[:, 0] = np.where(x.max(axis=-1) > 0, x[:, 0], np.array(0.25, x.dtype))
    return {"x": x, "p": p}


def ties(rng, rows, columns, p):
    """Four different probabilities: at the cut the smaller index wins."""
    weights = 2.0 ** -rng.integers(0, 4, (rows, columns))
    return {"x": rounded(weights / columns, "float32"), "p": p}


def exactly(rng, rows, columns, p):
    """Quarters and eighths that reach p exactly: nothing further is kept."""
    row = np.zeros(columns, np.float32)
    row[:7] = [0.25, 0.25, 0.125, 0.125, 0.125, 0.0625, 0.0625]
    return {"x": np.stack([rng.permutation(row) for _ in range(rows)]), "p": p}


def certain(rng, rows, columns, p):
    """One probability is nearly one."""
    made = inputs(rng, rows, columns, p, sharp=0.5)
    made["x"] = made["x"] / 64
    made["x"][np.arange(rows), rng.integers(0, columns, rows)] = 0.96875
    return made


def faint(rng, rows, columns, p):
    """Rows that sum to a quarter at most, and so never reach p: everything is kept, and made four times larger."""
    made = inputs(rng, rows, columns, p)
    return made | {"x": made["x"] / 4}


def layout(rng, kind):
    x = inputs(rng, 60, 90, 0.75)["x"]
    views = {"transposed": x.T / 64, "strided": x[::2, ::3], "reversed": x[::-1, ::-1]}
    return {"x": views[kind], "p": 0.5 if kind != "transposed" else 0.0078125}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(40, 200)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 9, 0.75), "3x9, p=0.75", public=True)
    yield case("f32-odd", "float32", lambda r: inputs(r, 11, 131, 0.9), "11x131, p=0.9", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 5, 40, 0.75, half), "5x40, p=0.75", public=True)
    yield case(
        "f32-vocabulary",
        "float32",
        lambda r: inputs(r, 4, 16_384, 0.9, sharp=3.0),
        "4x16384, p=0.9",
        public=True,
        timed=True,
    )
    yield case("f32-batch", "float32", lambda r: inputs(r, 32, 1009, 0.9), "32x1009, p=0.9", timed=True)
    yield case("f32-flat", "float32", lambda r: inputs(r, 3, 12_001, 0.75, sharp=0.7), "3x12001, p=0.75", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 7, odd, 0.8), f"7x{odd}, p=0.8")
    yield case("f32-only-the-first", "float32", lambda r: inputs(r, 20, 60, 0.0), "20x60, p=0")
    yield case("f32-nearly-all", "float32", lambda r: inputs(r, 12, 80, 0.999), "12x80, p=0.999")
    yield case("f32-everything", "float32", lambda r: faint(r, 9, 70, 2.0), "9x70, p=2")
    yield case("f32-two-columns", "float32", lambda r: inputs(r, 40, 2, 0.6), "40x2, p=0.6")
    yield case("f32-ties", "float32", lambda r: ties(r, 15, 200, 0.25), "15x200, p=0.25")
    yield case("f32-reached-exactly", "float32", lambda r: exactly(r, 30, 25, 0.75), "30x25, p=0.75")
    yield case("f32-certain", "float32", lambda r: certain(r, 20, 100, 0.9375), "20x100, p=0.9375")
    yield case("f32-sharp", "float32", lambda r: inputs(r, 13, 300, 0.9, sharp=8.0), "13x300, p=0.9")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "90x60, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "30x30, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "60x90, reversed")
    yield case("f16-batch", "float16", lambda r: inputs(r, 16, 120, 0.7, half), "16x120, p=0.7")
    yield case("bf16-batch", "bfloat16", lambda r: inputs(r, 14, 100, 0.7, brain), "14x100, p=0.7")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 5, 1, 0.5), "5x1, p=0.5", degenerate=True)
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 8, 0.5), "0x8, p=0.5", public=True, degenerate=True)
