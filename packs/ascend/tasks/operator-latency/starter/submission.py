"""Operator latency: replace the body; keep the name and the parameters."""

import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    return np.full(len(test_x), train_y.mean(), np.float32)
