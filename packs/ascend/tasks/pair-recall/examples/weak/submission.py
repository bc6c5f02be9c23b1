"""The value that occurs most often in the sequence: half the way that counting can go."""

import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    values = test_x[:, :-1] % 6
    counts = np.stack([(values == value).sum(axis=1) for value in range(6)], axis=1)
    return counts.argmax(axis=1).astype(np.int64)
