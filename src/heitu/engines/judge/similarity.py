"""Which submissions look like copies of each other: fingerprints by winnowing, and the lines that match.

After S. Schleimer, D. S. Wilkerson, A. Aiken: Winnowing: Local Algorithms for Document Fingerprinting, SIGMOD 2003. Of
the hashes of all runs of GRAM tokens, the smallest in every WINDOW is kept, so that any common run of
GRAM + WINDOW - 1 tokens is found. Tokens are those of `lexing`. What a task gives to everybody is left out first.

A likeness proves nothing: it tells a person where to look.
"""

from __future__ import annotations

import zlib
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from pathlib import PurePosixPath
from typing import Generic, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from heitu.engines.judge.lexing import SUFFIXES, tokens_of

GRAM, WINDOW = 12, 8
# More text than this nobody writes for a task; what lies beyond isn't looked at.
MOST_BYTES = 400_000
# Less in common is chance.
LEAST_SHARED = 8
# What more works than this share is an idiom, not a copy; equal works count as one.
MOST_SHARING, MOST_SHARING_OF = 20, 0.1
Hashes = NDArray[np.uint64]
Lines = NDArray[np.int32]
Key = TypeVar("Key", bound=Hashable)
_NONE: Hashes = np.empty(0, np.uint64)


@dataclass(frozen=True, eq=False)
class Source:
    """One file, an entry a token: a code of what it is, its first and last line, whether the task gave it."""

    name: str
    codes: Hashes
    first: Lines
    last: Lines
    given: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Work:
    """A submission's files, and its fingerprints, sorted and each once."""

    sources: tuple[Source, ...]
    prints: Hashes


@dataclass(frozen=True)
class Pair(Generic[Key]):
    """Shares of fingerprints, 0 to 1: `score` of both together (Jaccard), and of each work what is in the other."""

    one: Key
    other: Key
    score: float
    one_in_other: float
    other_in_one: float


def grams_of(files: Mapping[str, bytes]) -> Hashes:
    """Every gram of some files: what a task gives to everybody, to be left out of works."""
    return _together(grams(source.codes) for source in _sources(files, _NONE))


def work_of(files: Mapping[str, bytes], given: Hashes = _NONE) -> Work:
    """Fingerprint a submission's files without the grams in `given`."""
    sources = tuple(_sources(files, given))
    return Work(sources, _together(_winnowed(_own_grams(source, given)) for source in sources))


def compared(one: Work, other: Work) -> Pair[str]:
    """How alike two works are by themselves, whatever others share; the keys are empty."""
    shared = len(np.intersect1d(one.prints, other.prints, assume_unique=True))
    return _pair("", "", shared, len(one.prints), len(other.prints))


def similar(
    works: Mapping[Key, Work], *, authors: Mapping[Key, Hashable] | None = None, least: float = 0.5, most: int = 200
) -> list[Pair[Key]]:
    """Pairs of which one has at least `least` of itself in the other, the most alike first, at most `most`.

    `authors` says whose each work is, where somebody has several: works of the same author aren't compared, and of the
    pairs of two authors the most alike is kept, the earlier in `works` of equal ones.

    Costs as much as there are shared fingerprints, by an index from each to the works that have it.
    """
    whose = authors or {key: key for key in works}
    groups = _alike(works)
    pairs = [
        Pair(one, other, 1.0, 1.0, 1.0)
        for group in groups if len(works[group[0]].prints) >= LEAST_SHARED
        for one, other in combinations(group, 2) if whose[one] != whose[other]
    ]
    prints = [works[group[0]].prints for group in groups]
    for a, b, shared, size_a, size_b in _overlaps(prints, _numbered(groups, whose), least):
        both = product(groups[a], groups[b])
        pairs += [_pair(*each, shared, size_a, size_b) for each in both if whose[each[0]] != whose[each[1]]]
    pairs.sort(key=lambda pair: (-pair.score, -pair.one_in_other - pair.other_in_one))
    return _one_for_two(pairs, whose)[:most]


def _numbered(groups: list[list[Key]], whose: Mapping[Key, Hashable]) -> NDArray[np.int64]:
    """A number for the author of each group's first work: equal works of several count as one."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(whose[group[0]], len(numbers)) for group in groups], np.int64)


def _one_for_two(pairs: list[Pair[Key]], whose: Mapping[Key, Hashable]) -> list[Pair[Key]]:
    """The first pair of any two authors."""
    first: dict[frozenset[Hashable], Pair[Key]] = {}
    for pair in pairs:
        first.setdefault(frozenset((whose[pair.one], whose[pair.other])), pair)
    return list(first.values())


def _pair(one: Key, other: Key, shared: int, size: int, other_size: int) -> Pair[Key]:
    if shared == 0:
        return Pair(one, other, 0.0, 0.0, 0.0)
    return Pair(one, other, shared / (size + other_size - shared), shared / size, shared / other_size)


def _alike(works: Mapping[Key, Work]) -> list[list[Key]]:
    """The works in groups of equal fingerprints."""
    groups: dict[bytes, list[Key]] = {}
    for key, work in works.items():
        groups.setdefault(work.prints.tobytes(), []).append(key)
    return list(groups.values())


def _overlaps(
    prints: Sequence[Hashes], authors: NDArray[np.int64], least: float
) -> Iterator[tuple[int, int, int, int, int]]:
    """Pairs of places in `prints` with how many fingerprints both have, and each without the idioms, where that is much.

    What is an idiom depends on how many authors have it, numbered from 0.
    """
    owners = np.repeat(np.arange(len(prints)), [len(each) for each in prints])
    everything = np.concatenate([_NONE, *prints])
    order = np.argsort(everything, kind="stable")
    _, starts, counts = np.unique(everything[order], return_index=True, return_counts=True)
    rare = _authors_of_each(counts, authors[owners[order]]) <= max(MOST_SHARING, int(MOST_SHARING_OF * len(np.unique(authors))))
    sizes = np.bincount(owners[order][np.repeat(rare, counts)], minlength=len(prints))
    codes = [_NONE.astype(np.int64)]
    for count in np.unique(counts[rare & (counts > 1)]):
        places = starts[rare & (counts == count)][:, None] + np.arange(count)
        holders = owners[order][places]  # of each fingerprint, in rising order
        a, b = np.triu_indices(count, 1)
        codes.append((holders[:, a] * len(prints) + holders[:, b]).ravel())
    pairs, shared = np.unique(np.concatenate(codes), return_counts=True)
    a, b = np.divmod(pairs, max(len(prints), 1))
    much = shared >= np.maximum(LEAST_SHARED, least * np.minimum(sizes[a], sizes[b]))
    yield from zip(*(each[much].tolist() for each in (a, b, shared, sizes[a], sizes[b])), strict=True)


def _authors_of_each(counts: NDArray[np.int64], authors: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many different authors each fingerprint has, of rows of authors that are `counts` long, one after another."""
    rows, most = np.repeat(np.arange(len(counts)), counts), int(authors.max(initial=0)) + 1
    return np.bincount(np.unique(rows * most + authors) // most, minlength=len(counts))


# Fingerprints


def _sources(files: Mapping[str, bytes], given: Hashes) -> Iterator[Source]:
    """In order of names, up to MOST_BYTES of text in all."""
    left = MOST_BYTES
    for name, content in sorted(files.items()):
        if name.endswith(SUFFIXES):
            yield _source(name, content[:left], given)
            left -= min(left, len(content))


def _source(name: str, content: bytes, given: Hashes) -> Source:
    tokens = tokens_of(name, content)
    language = "python" if PurePosixPath(name).suffix == ".py" else "native"
    kinds, first, last = zip(*tokens, strict=True) if tokens else ((), (), ())
    codes = np.array([_code(language, kind) for kind in kinds], np.uint64)
    return Source(name, codes, np.array(first, np.int32), np.array(last, np.int32), _covered(codes, given))


@cache
def _code(language: str, kind: str) -> int:
    return zlib.crc32(f"{language} {kind}".encode())


def grams(codes: Hashes) -> Hashes:
    """A hash for each run of GRAM codes: a polynomial modulo 2⁶⁴, stirred as splitmix64 does so that order is chance."""
    if len(codes) < GRAM:
        return _NONE
    sums = np.zeros(len(codes) - GRAM + 1, np.uint64)
    for step in range(GRAM):
        sums = sums * np.uint64(0x9E3779B97F4A7C15) + codes[step : len(codes) - GRAM + 1 + step]
    sums = (sums ^ (sums >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    sums = (sums ^ (sums >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return sums ^ (sums >> np.uint64(31))


def _covered(codes: Hashes, given: Hashes) -> NDArray[np.bool_]:
    """Which tokens lie in a gram that the task has given."""
    covered = np.zeros(len(codes), np.bool_)
    starts = np.flatnonzero(np.isin(grams(codes), given))
    for step in range(GRAM):
        covered[starts + step] = True
    return covered


def _own_grams(source: Source, given: Hashes) -> Hashes:
    found = grams(source.codes)
    return found[~np.isin(found, given)]


def _winnowed(row: Hashes) -> Hashes:
    """The smallest of every window, the last of equal ones; of a row shorter than one its smallest."""
    if len(row) <= WINDOW:
        return np.sort(row)[:1]
    windows = sliding_window_view(row, WINDOW)[:, ::-1]
    chosen: Hashes = row[np.unique(np.arange(len(windows)) + WINDOW - 1 - windows.argmin(axis=1))]
    return chosen


def _together(parts: Iterator[Hashes]) -> Hashes:
    return np.unique(np.concatenate([_NONE, *parts]))
