"""Digit glyphs: train on the images that you are given, and name the digit on each of the others."""

import numpy as np


def fit_predict(train_x, train_y, test_x, seed):
    # train_x: float32 [2400, 12, 12]; train_y: int64 [2400], 0 to 9; test_x: float32 [1200, 12, 12]
    return np.zeros(len(test_x), np.int64)
