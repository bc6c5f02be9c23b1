"""BM25 over single characters and pairs of them: no segmentation of words is needed for Chinese."""

import math
import re
from collections import Counter

K1, B = 1.2, 0.6
_NOT_WORDS = re.compile(r"[^\w]+")


def terms(text):
    pieces = _NOT_WORDS.split(text)
    return [piece[n : n + size] for piece in pieces for size in (1, 2) for n in range(len(piece) - size + 1)]


class Ranking:
    def __init__(self, texts):
        self._counts = [Counter(terms(text)) for text in texts]
        self._lengths = [sum(counts.values()) for counts in self._counts]
        self._mean = sum(self._lengths) / max(len(texts), 1) or 1
        holding = Counter(term for counts in self._counts for term in counts)
        self._rarity = {term: math.log(1 + (len(texts) - n + 0.5) / (n + 0.5)) for term, n in holding.items()}

    def best(self, question):
        """Numbers of the texts, best first."""
        scores = [self._score(set(terms(question)), n) for n in range(len(self._counts))]
        return sorted(range(len(scores)), key=lambda n: -scores[n])

    def _score(self, asked, number):
        counts = self._counts[number]
        norm = K1 * (1 - B + B * self._lengths[number] / self._mean)
        return sum(self._rarity[t] * counts[t] * (K1 + 1) / (counts[t] + norm) for t in asked if t in counts)
