"""Routing by k passes of `argmax`, each choice then struck out, and slots from one stable sort of the choices."""

import numpy as np


def moe_routing(logits, k):
    tokens, count = logits.shape
    rows = np.arange(tokens)
    experts = np.empty((tokens, k), np.int64)
    if k > count // 4:
        experts[...] = np.argsort(-logits.astype(np.float32), axis=-1, kind="stable")[:, :k]
    else:
        left = logits.astype(np.float32)
        for n in range(k):
            experts[:, n] = left.argmax(axis=-1)
            left[rows, experts[:, n]] = -np.inf
    chosen = np.take_along_axis(logits, experts, axis=-1).astype(np.float32)
    powers = np.exp(chosen - chosen[:, :1])
    powers /= powers.sum(axis=-1, keepdims=True)
    flat = experts.reshape(-1)
    order = np.argsort(flat.astype(np.int16), kind="stable")
    begin = np.concatenate([[0], np.cumsum(np.bincount(flat, minlength=count))])
    slots = np.empty(flat.size, np.int64)
    slots[order] = np.arange(flat.size) - begin[flat[order]]
    return experts, powers.astype(logits.dtype, copy=False), slots.reshape(tokens, k)
