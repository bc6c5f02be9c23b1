"""Ridge regression on logarithms and their products: a roofline is nearly linear in them, kind by kind."""

import numpy as np


def features(x):
    kind = x[:, 0].astype(int)
    logs = np.log2(np.maximum(x[:, 1:].astype(np.float64), 1))
    pairs = [logs[:, i] * logs[:, j] for i in range(logs.shape[1]) for j in range(i, logs.shape[1])]
    plain = np.column_stack([np.ones(len(x)), logs, *pairs])
    hinges = [np.maximum(logs @ w - t, 0) for w in ([1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 1, 1, 0, -1]) for t in (12, 15, 18, 21)]
    whole = np.column_stack([plain, *hinges])
    return np.concatenate([whole * (kind == each)[:, None] for each in range(5)], axis=1)


def fit_predict(train_x, train_y, test_x, seed):
    a, b = features(train_x), train_y.astype(np.float64)
    scale = a.std(axis=0) + 1e-9
    a = a / scale
    weights = np.linalg.solve(a.T @ a + 1e-2 * np.eye(a.shape[1]), a.T @ b)
    return (features(test_x) / scale @ weights).astype(np.float32)
