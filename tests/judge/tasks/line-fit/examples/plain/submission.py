import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    weights, *_ = np.linalg.lstsq(train_x, train_y, rcond=None)
    return (test_x @ weights).astype(np.float32)
