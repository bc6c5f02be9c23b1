"""Selective scan: exponentials and inputs of a chunk of tokens at once, so that the loop over tokens is short."""

import numpy as np

CHUNK = 64 * 1024  # states of all tokens of a chunk


def selective_scan(x, delta, a, b, c, d):
    tokens, channels = x.shape
    states = a.shape[1]
    rows, steps, gains, reads = (array.astype(np.float32, copy=False) for array in (x, delta, b, c))
    y = rows * d
    rates = np.ascontiguousarray(a.T)
    state = np.zeros((states, channels), np.float32)
    count = max(1, min(tokens, CHUNK // max(1, channels * states)))
    decay, history = (np.empty((count, states, channels), np.float32) for _ in range(2))
    for start in range(0, tokens, count):
        part = slice(start, min(start + count, tokens))
        size = part.stop - start
        np.multiply(steps[part, None, :], rates, out=decay[:size])
        np.exp(decay[:size], out=decay[:size])
        np.multiply((steps[part] * rows[part])[:, None, :], gains[part, :, None], out=history[:size])
        for t in range(size):
            state *= decay[t]
            state += history[t]
            history[t] = state
        y[part] += np.matmul(reads[part, None, :], history[:size])[:, 0]
    return y.astype(x.dtype, copy=False)
