"""The runs of tokens that two works share, as lines on both sides: what a person looks at after `similarity`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heitu.engines.judge.similarity import GRAM, Source, Work, grams

# A gram that stands so often in a file is a pattern, such as a table; following each pair of places would cost too much.
MOST_PLACES = 50


@dataclass(frozen=True)
class Run:
    """A place in a file: lines from 1, both ends included."""

    file: str
    first: int
    last: int


@dataclass(frozen=True)
class Match:
    """The same run of tokens in two works."""

    one: Run
    other: Run
    tokens: int


class _Stretch(NamedTuple):
    """`length` equal tokens from `a` in one source and from `b` in the other."""

    one: Source
    other: Source
    a: int
    b: int
    length: int


def matches(one: Work, other: Work) -> list[Match]:
    """Runs of GRAM equal tokens at least, longest first chosen, no token twice on either side; in the order of `one`.

    What the task has given ends a run.
    """
    found = [each for a in one.sources for b in other.sources for each in _stretches(a, b)]
    chosen = _apart(sorted(found, key=lambda stretch: -stretch.length))
    return sorted(map(_match, chosen), key=lambda match: (match.one.file, match.one.first))


def _stretches(one: Source, other: Source) -> Iterator[_Stretch]:
    """Every longest run of equal tokens, found by its first gram."""
    places = _places(other)
    ends: dict[int, int] = {}  # by the distance between both sides: where the last run ends in `one`
    for a, gram in enumerate(grams(one.codes).tolist()):
        for b in places.get(gram, ()):
            if ends.get(a - b, -1) <= a and not one.given[a] and not other.given[b]:
                length = _length(one, other, a, b)
                ends[a - b] = a + max(length, 1)
                if length >= GRAM:
                    yield _Stretch(one, other, a, b, length)


def _places(source: Source) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    for place, gram in enumerate(grams(source.codes).tolist()):
        found[gram].append(place)
    return {gram: places for gram, places in found.items() if len(places) <= MOST_PLACES}


def _length(one: Source, other: Source, a: int, b: int) -> int:
    """How many tokens from here on are equal and the works' own."""
    most = min(len(one.codes) - a, len(other.codes) - b)
    here, there = slice(a, a + most), slice(b, b + most)
    ends = (one.codes[here] != other.codes[there]) | one.given[here] | other.given[there]
    return int(ends.argmax()) if ends.any() else most


def _apart(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    """Those that share no token with one chosen before."""
    taken: dict[tuple[int, str], NDArray[np.bool_]] = {}
    for each in stretches:
        here = taken.setdefault((0, each.one.name), np.zeros(len(each.one.codes), np.bool_))[each.a : each.a + each.length]
        there = taken.setdefault((1, each.other.name), np.zeros(len(each.other.codes), np.bool_))
        there = there[each.b : each.b + each.length]
        if not here.any() and not there.any():
            here[:], there[:] = True, True
            yield each


def _match(stretch: _Stretch) -> Match:
    return Match(_run(stretch.one, stretch.a, stretch.length), _run(stretch.other, stretch.b, stretch.length), stretch.length)


def _run(source: Source, start: int, length: int) -> Run:
    return Run(source.name, int(source.first[start]), int(source.last[start + length - 1]))
