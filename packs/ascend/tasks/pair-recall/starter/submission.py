"""Key-value recall: train on the sequences that you are given, and answer the queries of the others."""

import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    # train_x: int64 [4000, 6], five pairs and a query; train_y: int64 [4000], 0 to 5; test_x: int64 [1500, 6]
    return np.zeros(len(test_x), np.int64)
