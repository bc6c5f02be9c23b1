import ml_dtypes
import numpy as np


def _drawn(rng, shape, dtype):
    return {
        "x": rng.uniform(1, 2, shape).astype(dtype),
        "z": rng.uniform(2, 3, shape).astype(dtype),
        "share": float(rng.uniform(0.3, 0.7)),
    }


def _special(rng):
    drawn = _drawn(rng, (5, 40), np.float32)
    drawn["x"][1, 2], drawn["z"][3, 4], drawn["z"][4, 0] = np.nan, np.inf, -np.inf
    return drawn


def cases(rng):
    rows = [
        ("f32-small", np.float32, (3, 7), True, False),
        ("f32-main", np.float32, (90, 401), True, True),
        ("f32-hidden", np.float32, (13, 57), False, False),
        ("f16", np.float16, (11, 60), False, False),
        ("bf16", ml_dtypes.bfloat16, (11, 60), False, False),
    ]
    for name, dtype, shape, public, timed in rows:
        yield {
            "id": name,
            "dtype": np.dtype(dtype).name,
            "public": public,
            "timed": timed,
            "make": lambda rng, shape=shape, dtype=dtype: _drawn(rng, shape, dtype),
        }
    yield {"id": "f32-special", "dtype": "float32", "make": _special}
    yield {
        "id": "f32-empty",
        "dtype": "float32",
        "degenerate": True,
        "make": lambda rng: _drawn(rng, (0, 3), np.float32),
    }
