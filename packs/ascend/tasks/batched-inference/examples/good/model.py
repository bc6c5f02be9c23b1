"""The network, and what may be asked of it."""

import numpy as np

SHAPES = {"embedding": 2, "recurrent": 2, "bias": 1, "output": 2, "offset": 1}
LONGEST = 2048


class Bad(ValueError):
    """A request that can't be answered; the words say why."""


class Model:
    def __init__(self, content):
        for name, rank in SHAPES.items():
            try:
                value = np.array(content[name], np.float32)
            except (KeyError, TypeError, ValueError):
                raise Bad(f"{name} is missing or no array of numbers") from None
            if value.ndim != rank:
                raise Bad(f"{name} must have {rank} axes")
            setattr(self, name, value)
        width = len(self.output)
        gates = self.embedding.shape[1], len(self.bias), self.recurrent.shape[1]
        if set(gates) != {2 * width} or len(self.recurrent) != width or self.output.shape[1] != len(self.offset):
            raise Bad("the shapes don't fit each other")
        self.width = width
        self.table = self.embedding + self.bias
        self.of_gate, self.of_state = (np.ascontiguousarray(half) for half in np.hsplit(self.recurrent, 2))

    def scores_of_all(self, sequences):
        """Rows in the order of the sequences: the longest lie on top, so that those still running are a prefix."""
        order = sorted(range(len(sequences)), key=lambda row: -len(sequences[row]))
        lengths = np.array([len(sequences[row]) for row in order])
        padded = np.zeros((lengths[0], len(order)), np.int64)
        for place, row in enumerate(order):
            padded[: lengths[place], place] = sequences[row]
        running = (lengths[None, :] > np.arange(lengths[0])[:, None]).sum(axis=1)
        hidden, width = np.zeros((len(order), self.width), np.float32), self.width
        for tokens, count in zip(padded, running):
            part, given = hidden[:count], self.table[tokens[:count]]
            gate = 1 / (1 + np.exp(-(given[:, :width] + part @ self.of_gate)))
            state = np.tanh(given[:, width:] + (gate * part) @ self.of_state)
            part += gate * (state - part)
        scores = np.empty((len(order), len(self.offset)), np.float32)
        scores[order] = hidden @ self.output + self.offset
        return scores

    def tokens(self, content):
        """The tokens of a request, checked."""
        tokens = content.get("tokens")
        if not isinstance(tokens, list) or not 0 < len(tokens) <= LONGEST:
            raise Bad(f"tokens must be an array of 1 to {LONGEST}")
        if not all(type(each) is int and 0 <= each < len(self.embedding) for each in tokens):
            raise Bad(f"every token must be an integer from 0 to {len(self.embedding) - 1}")
        return np.array(tokens)
