"""Adam: shapes × dtypes × layouts × value classes.

Numbers are kept away from cancellation: the new parameter is never much smaller than the old one, so that a relative
standard means something.
"""

import ml_dtypes
import numpy as np


def away(rng, shape, scale):
    """Numbers of either sign whose size is between a half and one and a half of `scale`."""
    return scale * rng.choice(np.float32([-1, 1]), shape) * rng.uniform(0.5, 1.5, shape).astype(np.float32)


def inputs(rng, shape, dtype="float32", *, step=10, rate=1e-3, decay=0.1, slope=1.0, scale=1.0):
    """Gradient and first moment agree in sign, so that their mixture doesn't cancel."""
    gradient = away(rng, shape, slope).astype(dtype)
    first = np.sign(gradient.astype(np.float32)) * rng.uniform(0.2, 1.0, shape).astype(np.float32) * np.float32(slope)
    second = (rng.uniform(0.5, 1.5, shape) * slope**2).astype(np.float32)
    return {
        "parameter": away(rng, shape, scale).astype(dtype),
        "gradient": gradient,
        "first": first.astype(np.float32),
        "second": second,
        "step": step,
        "rate": rate,
        "decay": decay,
    }


def fresh(rng, shape):
    """The first step: both moments are zero."""
    made = inputs(rng, shape, step=1, rate=0.01)
    return made | {"first": np.zeros(shape, np.float32), "second": np.zeros(shape, np.float32)}


def silent(rng, shape):
    """No gradient yet, and no moment: only epsilon keeps the quotient finite."""
    made = fresh(rng, shape)
    made["gradient"][::2] = 0
    return made


def layout(rng, kind):
    made = inputs(rng, (66, 58))
    views = {"transposed": lambda a: a.T, "strided": lambda a: a[::2, 1::3], "reversed": lambda a: a[::-1]}
    return {name: views[kind](v) if isinstance(v, np.ndarray) else v for name, v in made.items()}


def with_undefined(rng, count):
    made = inputs(rng, (count,))
    made["gradient"][3], made["parameter"][5] = np.nan, np.nan
    return made


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(200, 900)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, (7,)), "7", public=True)
    yield case("f32-matrix", "float32", lambda r: inputs(r, (31, 43)), "31x43", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, (64,), half, rate=0.05), "64", public=True)
    yield case("f32-layer", "float32", lambda r: inputs(r, (256, 512)), "256x512", public=True, timed=True)
    yield case("f32-flat", "float32", lambda r: inputs(r, (200_003,), step=1000), "200003", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, (odd,)), f"{odd}")
    yield case("f32-one", "float32", lambda r: inputs(r, (1,), rate=0.1), "1", degenerate=True)
    yield case("f32-first-step", "float32", lambda r: fresh(r, (97,)), "97")
    yield case("f32-no-gradient", "float32", lambda r: silent(r, (84,)), "84")
    yield case("f32-late", "float32", lambda r: inputs(r, (123,), step=500_000), "123")
    yield case("f32-no-decay", "float32", lambda r: inputs(r, (19, 23), decay=0.0), "19x23")
    yield case("f32-small-slopes", "float32", lambda r: inputs(r, (333,), slope=1e-4), "333")
    yield case("f32-steep", "float32", lambda r: inputs(r, (333,), slope=1e4, scale=100.0), "333")
    yield case("f32-large-rate", "float32", lambda r: inputs(r, (210,), rate=0.2, decay=1.0), "210")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "58x66, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "33x19, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "66x58, reversed")
    yield case("f32-undefined", "float32", lambda r: with_undefined(r, 40), "40, NaN")
    yield case("f16-layer", "float16", lambda r: inputs(r, (40, 60), half, rate=0.03), "40x60")
    yield case("bf16-layer", "bfloat16", lambda r: inputs(r, (37, 50), brain, rate=0.05), "37x50")
    yield case("f32-none", "float32", lambda r: inputs(r, (0,)), "0", public=True, degenerate=True)
