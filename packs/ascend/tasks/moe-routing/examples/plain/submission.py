"""Routing token by token, with one counter for each expert."""

import numpy as np


def moe_routing(logits, k):
    tokens, count = logits.shape
    experts, slots = np.empty((tokens, k), np.int64), np.empty((tokens, k), np.int64)
    queues = np.zeros(count, np.int64)
    for t in range(tokens):
        chosen = np.argsort(-logits[t].astype(np.float32), kind="stable")[:k]
        experts[t], slots[t] = chosen, queues[chosen]
        queues[chosen] += 1
    picked = np.take_along_axis(logits.astype(np.float32), experts, axis=-1)
    powers = np.exp(picked - picked[:, :1])
    return experts, (powers / powers.sum(axis=-1, keepdims=True)).astype(logits.dtype), slots
