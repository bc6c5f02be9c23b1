"""SwiGLU in blocks of rows that stay in cache, every step written into the same two buffers."""

import numpy as np

BLOCK = 32 * 1024  # elements of a buffer: 128 KiB


def swiglu(x, bias):
    columns = x.shape[-1] // 2
    rows = x.reshape(-1, 2 * columns)
    y = np.empty((len(rows), columns), x.dtype)
    low, high = bias[:columns].astype(np.float32), bias[columns:].astype(np.float32)
    step = max(1, BLOCK // columns)
    gates, powers = (np.empty((min(step, len(rows)), columns), np.float32) for _ in range(2))
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(rows), step):
            block = rows[start : start + step]
            gate, power = gates[: len(block)], powers[: len(block)]
            np.add(block[:, :columns], low, out=gate)
            np.negative(gate, out=power)
            np.exp(power, out=power)
            power += 1
            gate /= power
            np.add(block[:, columns:], high, out=power)
            np.multiply(gate, power, out=y[start : start + step], casting="same_kind")
    return y.reshape(*x.shape[:-1], columns)
