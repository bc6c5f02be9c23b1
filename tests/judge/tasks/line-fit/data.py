import numpy as np


def data(rng):
    x = rng.uniform(-1, 1, (300, 2)).astype(np.float32)
    y = (x @ rng.uniform(1, 2, 2) + rng.normal(0, 0.1, 300)).astype(np.float32)
    return {"train_x": x[:200], "train_y": y[:200], "test_x": x[200:], "test_y": y[200:]}
