"""One dense layer on raw pixels, which can't follow a digit that moves."""

import mindspore
import numpy as np
from mindspore import Tensor, nn


def fit_predict(train_x, train_y, test_x, seed):
    mindspore.set_seed(seed)
    rng = np.random.default_rng(seed)
    network = nn.Dense(12 * 12, 10)
    optimiser = nn.Adam(network.trainable_params(), learning_rate=2e-3)
    loss_of = nn.CrossEntropyLoss()
    step = mindspore.value_and_grad(lambda x, y: loss_of(network(x), y), None, optimiser.parameters)
    images, labels = train_x.reshape(len(train_x), -1).copy(), train_y.astype(np.int32)
    for _ in range(4):
        order = rng.permutation(len(images))
        for start in range(0, len(order), 100):
            rows = order[start : start + 100]
            _, gradients = step(Tensor(images[rows]), Tensor(labels[rows]))
            optimiser(gradients)
    return network(Tensor(test_x.reshape(len(test_x), -1).copy())).asnumpy().argmax(axis=1).astype(np.int64)
