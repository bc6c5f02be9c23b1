import ml_dtypes
import numpy as np

NARROW = {"float32": np.float32, "float16": np.float16, "bfloat16": ml_dtypes.bfloat16}


def _drawn(rng, shape, dtype):
    return {"x": (rng.standard_normal(shape) * 2).astype(NARROW[dtype]), "factor": float(rng.uniform(2, 4))}


def _strided(rng):
    drawn = _drawn(rng, (40, 60), "float32")
    return {**drawn, "x": drawn["x"][::-2, 1::3].T}


def _special(rng):
    drawn = _drawn(rng, (5, 7), "float32")
    drawn["x"][1, 2], drawn["x"][3, 3], drawn["x"][0, 6] = np.nan, np.inf, -np.inf
    return drawn


def cases(rng):
    width = int(rng.integers(50, 80))
    rows = [
        ("f32-small", "float32", (4, 6), True, False),
        ("f32-odd", "float32", (17, width), False, False),
        ("f16", "float16", (9, 31), False, False),
        ("bf16", "bfloat16", (9, 31), True, False),
        ("f32-main", "float32", (128, 512), True, True),
        ("f32-long", "float32", (70001,), False, True),
    ]
    for name, dtype, shape, public, timed in rows:
        yield {
            "id": name,
            "dtype": dtype,
            "shape": "x".join(map(str, shape)),
            "public": public,
            "timed": timed,
            "make": lambda rng, shape=shape, dtype=dtype: _drawn(rng, shape, dtype),
        }
    yield {"id": "f32-strided", "dtype": "float32", "make": _strided}
    yield {"id": "f32-special", "dtype": "float32", "make": _special}
    yield {
        "id": "f32-empty",
        "dtype": "float32",
        "degenerate": True,
        "make": lambda rng: {"x": np.zeros((0, 3), "float32"), "factor": 2.0},
    }
