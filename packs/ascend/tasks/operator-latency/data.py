"""Latencies of invented operators on an invented accelerator: a roofline with launch cost, tiling losses and noise.

Columns of x: kind (0 matmul, 1 convolution, 2 reduction, 3 elementwise, 4 softmax), m, n, k, bytes of the dtype, cores.
y is the natural logarithm of the latency in microseconds.
"""

import numpy as np

TRAIN, TEST = 3000, 1500
PEAK = {1: 64e6, 2: 32e6, 4: 16e6}  # floating point operations a microsecond and core, by bytes of the dtype
BANDWIDTH, LAUNCH = 90e3, 4.0  # bytes a microsecond in all; microseconds


def data(rng):
    x = rows(rng, TRAIN + TEST)
    y = np.log(latency(x)) + rng.normal(0, 0.08, len(x))
    y = y.astype(np.float32)
    return {"train_x": x[:TRAIN], "train_y": y[:TRAIN], "test_x": x[TRAIN:], "test_y": y[TRAIN:]}


def rows(rng, count):
    kind = rng.integers(0, 5, count)
    m, n, k = (2.0 ** rng.uniform(low, 11, count) for low in (4, 4, 3))
    k = np.where(np.isin(kind, (0, 1)), k, 1.0)
    size = rng.choice([1, 2, 4], count)
    cores = rng.choice([1, 2, 4, 8, 16], count)
    columns = (kind, np.floor(m), np.floor(n), np.floor(k), size, cores)
    return np.stack(columns, axis=1).astype(np.float32)


def latency(x):
    kind, m, n, k, size, cores = (column.astype(np.float64) for column in x.T)
    tile = np.ceil(m / 16) * 16 * np.ceil(n / 16) * 16  # what the cube really computes
    work = np.select([kind == 0, kind == 1, kind == 4], [2 * tile * k, 18 * tile * k, 12 * m * n], 2 * m * n)
    moved = size * np.where(np.isin(kind, (0, 1)), m * k + k * n + m * n, np.where(kind == 2, m * n + m, 2 * m * n))
    peak = np.select([size == 1, size == 2], [PEAK[1], PEAK[2]], PEAK[4]) * np.where(kind <= 1, 1.0, 1 / 16)
    computing = work / (peak * cores ** 0.85)
    moving = moved / (BANDWIDTH * np.minimum(1.0, 0.25 + cores / 16))
    return LAUNCH + np.maximum(computing, moving) + 0.2 * np.minimum(computing, moving)
