"""MXFP8: shapes × dtypes × layouts × value classes. All numbers are finite."""

import ml_dtypes
import numpy as np


def inputs(rng, rows, columns, dtype="float32", *, scale=1.0, spread=0.0):
    """`spread` is how far, in powers of two, the scale of blocks wanders."""
    levels = np.exp2(np.round(spread * rng.standard_normal((rows, -(-columns // 32))))).repeat(32, axis=1)
    x = scale * levels[:, :columns] * rng.standard_normal((rows, columns))
    return {"x": x.astype(dtype)}


def ties(rng, rows, columns):
    """Half-way between neighbouring codes, in all ranges: rounding goes to even."""
    whole = rng.integers(8, 16, (rows, columns)) + 0.5
    x = whole * np.exp2(rng.integers(-12, 6, (rows, columns))) * rng.choice([-1, 1], (rows, columns))
    x[:, ::32] = 256
    return {"x": x.astype(np.float32)}


def saturating(rng, rows, columns):
    """The largest of a block lies between 448 and 512 times its power of two, where e4m3 has nothing."""
    x = rng.uniform(-1.9999, 1.9999, (rows, columns))
    x[:, ::5] = rng.uniform(1.75, 1.9999, x[:, ::5].shape) * rng.choice([-1, 1], x[:, ::5].shape)
    return {"x": x.astype(np.float32)}


def subnormal(rng, rows, columns):
    """One large number in a block drives the others into the subnormal range of e4m3 or to zero."""
    x = np.exp2(rng.uniform(-22, -12, (rows, columns))) * rng.choice([-1, 1], (rows, columns))
    x[:, 7::32] = rng.uniform(1, 2, x[:, 7::32].shape)
    return {"x": x.astype(np.float32)}


def powers(rng, rows, columns):
    """Powers of two and their neighbours, where the exponent changes."""
    x = np.exp2(rng.integers(-30, 31, (rows, columns))).astype(np.float32)
    return {"x": np.nextafter(x, rng.choice(np.float32([0, 1, 1e30]), x.shape))}


def sparse(rng, rows, columns):
    """Many zeros of either sign, and whole blocks of nothing else."""
    x = rng.standard_normal((rows, columns)).astype(np.float32)
    x[rng.random(x.shape) < 0.6] = -0.0
    x[1::3, 32:64] = 0
    return {"x": x}


def layout(rng, kind):
    x = rng.standard_normal((90, 130)).astype(np.float32)
    views = {"transposed": x.T, "strided": x[::2, 1::2], "reversed": x[::-1, ::-1]}
    return {"x": views[kind]}


def cases(rng):
    def case(id, dtype, make, shape, **more):
        return {"id": id, "dtype": dtype, "make": make, "shape": shape, **more}

    odd = int(rng.integers(20, 90)) * 2 + 1
    half, brain = np.float16, ml_dtypes.bfloat16
    yield case("f32-small", "float32", lambda r: inputs(r, 3, 32), "3x32", public=True)
    yield case("f32-tail", "float32", lambda r: inputs(r, 7, 75), "7x75", public=True)
    yield case("f16-small", "float16", lambda r: inputs(r, 5, 64, half), "5x64", public=True)
    yield case("f32-weights", "float32", lambda r: inputs(r, 256, 512, spread=1.0), "256x512", public=True, timed=True)
    yield case("f32-long", "float32", lambda r: inputs(r, 9, 16_001), "9x16001", timed=True)
    yield case("f32-narrow", "float32", lambda r: inputs(r, 1511, 100, scale=30.0), "1511x100", timed=True)
    yield case("f32-random-size", "float32", lambda r: inputs(r, 11, odd), f"11x{odd}")
    yield case("f32-one-column", "float32", lambda r: inputs(r, 83, 1), "83x1")
    yield case("f32-ties", "float32", lambda r: ties(r, 20, 96), "20x96")
    yield case("f32-saturating", "float32", lambda r: saturating(r, 16, 80), "16x80")
    yield case("f32-subnormal-codes", "float32", lambda r: subnormal(r, 16, 128), "16x128")
    yield case("f32-powers", "float32", lambda r: powers(r, 24, 64), "24x64")
    yield case("f32-zeros", "float32", lambda r: sparse(r, 18, 110), "18x110")
    yield case("f32-huge", "float32", lambda r: inputs(r, 10, 70, scale=1e37), "10x70")
    yield case("f32-tiny", "float32", lambda r: inputs(r, 10, 70, scale=1e-36), "10x70")
    yield case("f32-denormal", "float32", lambda r: inputs(r, 10, 70, scale=1e-41), "10x70, denormal")
    yield case("f32-wide-spread", "float32", lambda r: inputs(r, 12, 200, spread=12.0), "12x200")
    yield case("f32-transposed", "float32", lambda r: layout(r, "transposed"), "130x90, transposed")
    yield case("f32-strided", "float32", lambda r: layout(r, "strided"), "45x65, strided")
    yield case("f32-reversed", "float32", lambda r: layout(r, "reversed"), "90x130, reversed")
    yield case("f16-weights", "float16", lambda r: inputs(r, 20, 96, half, scale=0.02), "20x96")
    yield case("bf16-weights", "bfloat16", lambda r: inputs(r, 18, 100, brain, spread=6.0), "18x100")
    yield case("f32-no-rows", "float32", lambda r: inputs(r, 0, 64), "0x64", public=True, degenerate=True)
