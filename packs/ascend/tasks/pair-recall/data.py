"""Sequences of PAIRS tokens, each a key with a value, the keys all different, and at the end one key as the query.

Token ids: `key * VALUES + value` for a pair, `KEYS * VALUES + key` for a query. The answer is the value of that key.
"""

import numpy as np

TRAIN, TEST = 4000, 1500
KEYS, VALUES, PAIRS = 8, 6, 5


def data(rng):
    count = TRAIN + TEST
    keys = np.argsort(rng.random((count, KEYS)), axis=1)[:, :PAIRS]
    values = rng.integers(0, VALUES, (count, PAIRS))
    asked = rng.integers(0, PAIRS, count)
    rows = np.arange(count)
    queries = KEYS * VALUES + keys[rows, asked]
    x = np.column_stack([keys * VALUES + values, queries]).astype(np.int64)
    y = values[rows, asked].astype(np.int64)
    return {"train_x": x[:TRAIN], "train_y": y[:TRAIN], "test_x": x[TRAIN:], "test_y": y[TRAIN:]}
