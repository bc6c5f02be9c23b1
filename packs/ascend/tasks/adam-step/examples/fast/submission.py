"""One Adam step in blocks that stay in cache, the results themselves serving as scratch space."""

import numpy as np

BLOCK = 16 * 1024


def adam_step(parameter, gradient, first, second, step, rate, decay):
    shape, dtype = parameter.shape, parameter.dtype
    old, slopes, firsts, seconds = (a.reshape(-1) for a in (parameter, gradient, first, second))
    y, m, v = np.empty(old.size, dtype), np.empty(old.size, np.float32), np.empty(old.size, np.float32)
    lower, upper = np.float32(rate / (1 - 0.9**step)), np.float32(1 / (1 - 0.999**step))
    keep = np.float32(1 - rate * decay)
    scratch = np.empty(BLOCK, np.float32)
    for start in range(0, old.size, BLOCK):
        part = slice(start, start + BLOCK)
        slope = slopes[part].astype(np.float32, copy=False)
        work = scratch[: slope.size]
        np.multiply(slope, slope, out=work)
        work *= np.float32(0.001)
        np.multiply(seconds[part], np.float32(0.999), out=v[part])
        v[part] += work
        np.multiply(slope, np.float32(0.1), out=work)
        np.multiply(firsts[part], np.float32(0.9), out=m[part])
        m[part] += work
        np.multiply(v[part], upper, out=work)
        np.sqrt(work, out=work)
        work += np.float32(1e-8)
        np.divide(m[part], work, out=work)
        work *= lower
        y[part] = old[part] * keep - work
    return y.reshape(shape), m.reshape(shape), v.reshape(shape)
