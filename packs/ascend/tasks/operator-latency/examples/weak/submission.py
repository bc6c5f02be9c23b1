"""The mean of the nearest twenty rows, which knows nothing of rooflines."""

import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    a, b = np.log2(np.maximum(train_x, 1)), np.log2(np.maximum(test_x, 1))
    predictions = np.empty(len(b), np.float32)
    for start in range(0, len(b), 100):
        part = b[start : start + 100]
        distance = ((part[:, None, :] - a[None, :, :]) ** 2).sum(axis=2)
        nearest = np.argpartition(distance, 20, axis=1)[:, :20]
        predictions[start : start + 100] = train_y[nearest].mean(axis=1)
    return predictions
