"""Rotary position embedding: angles in float64, everything else in float32 and in place.

A position is split into 64·block + rest, so that sines are taken of two short tables only:
cos(a + b) and sin(a + b) follow from those of a and b by multiplication, still in float64.
"""

import numpy as np

SPAN = 64


def rotary_embedding(x, positions, theta):
    half = x.shape[-1] // 2
    cosine, sine = (table[:, None, :] for table in _tables(positions, theta ** (-np.arange(half) / half)))
    wide = x.astype(np.float32, copy=False)
    first, second = wide[..., :half], wide[..., half:]
    y = np.empty(x.shape, np.float32)
    scratch = np.empty(first.shape, np.float32)
    np.multiply(first, cosine, out=y[..., :half])
    y[..., :half] -= np.multiply(second, sine, out=scratch)
    np.multiply(second, cosine, out=y[..., half:])
    y[..., half:] += np.multiply(first, sine, out=scratch)
    return y.astype(x.dtype, copy=False)


def _tables(positions, frequencies):
    blocks, which = np.unique(positions // SPAN, return_inverse=True)
    if len(blocks) + SPAN >= len(positions):
        turns = np.exp(1j * positions[:, None] * frequencies)
    else:
        coarse = np.exp(1j * (blocks * SPAN)[:, None] * frequencies)
        fine = np.exp(1j * np.arange(SPAN)[:, None] * frequencies)
        turns = coarse[which] * fine[positions % SPAN]
    return turns.real.astype(np.float32), turns.imag.astype(np.float32)
