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

    def scores(self, tokens):
        hidden, width = np.zeros(self.width, np.float32), self.width
        for each in self.table[tokens]:
            gate = 1 / (1 + np.exp(-(each[:width] + hidden @ self.of_gate)))
            state = np.tanh(each[width:] + (gate * hidden) @ self.of_state)
            hidden = hidden + gate * (state - hidden)
        return hidden @ self.output + self.offset

    def tokens(self, content):
        """The tokens of a request, checked."""
        tokens = content.get("tokens")
        if not isinstance(tokens, list) or not 0 < len(tokens) <= LONGEST:
            raise Bad(f"tokens must be an array of 1 to {LONGEST}")
        if not all(type(each) is int and 0 <= each < len(self.embedding) for each in tokens):
            raise Bad(f"every token must be an integer from 0 to {len(self.embedding) - 1}")
        return np.array(tokens)
