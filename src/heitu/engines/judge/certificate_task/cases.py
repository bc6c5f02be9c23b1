import numpy as np

SHAPES = {"rows": (256, 512), "long": (300_007,), "short": (96, 1024)}


def cases(rng):
    for name, shape in SHAPES.items():
        yield {
            "id": name,
            "dtype": "float32",
            "shape": "x".join(map(str, shape)),
            "public": True,
            "timed": True,
            "make": lambda rng, shape=shape: {"x": (rng.standard_normal(shape) * 3).astype(np.float32)},
        }
