"""Which students' notebooks look alike: own code alone, without what the students' version gives to everybody.

The comparison itself is the judge's (`engines.judge.similarity`): winnowed fingerprints, deaf to names, layout, comments
and order. A likeness proves nothing; it tells a person where to look.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.core.files.storage import default_storage

from heitu.engines.grading import marks
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import Notebook, joined, read
from heitu.engines.judge import matching, similarity
from heitu.engines.judge.similarity import Hashes, Work
from heitu.kinds.courses.models import Comparison, LabSubmission, Offering
from heitu.kinds.courses.queries.labs import Source, latest_of_class, released, source_of

LEAST_ALIKE = 0.5  # of one found in the other
MOST_PAIRS = 100
_NOT_PYTHON = re.compile(r"^\s*[%!].*$", re.M)  # magics and shell lines


@dataclass(frozen=True)
class Alike:
    """Two students' notebooks; shares from 0 to 1, `score` of both together."""

    one: LabSubmission
    other: LabSubmission
    score: float
    one_in_other: float
    other_in_one: float


@dataclass(frozen=True)
class Facing:
    """Two notebooks side by side: what is alike, each one's own code by cell, and the runs of lines that match."""

    alike: Alike
    files: tuple[Mapping[str, bytes], Mapping[str, bytes]]
    matches: list[matching.Match]


def compared(offering: Offering, lab: str) -> tuple[list[list[Any]], int, int]:
    """Pairs as `Comparison` keeps them, how many notebooks were compared, and the newest of them."""
    made = list(latest_of_class(offering, lab).filter(enrolment__left_at__isnull=True).select_related("enrolment__offering"))
    works = {each.pk: Work((), _prints(str(each.notebook.name), source_of(each))) for each in made}
    found = similarity.similar(works, least=LEAST_ALIKE, most=MOST_PAIRS)
    pairs = [[each.one, each.other, each.score, each.one_in_other, each.other_in_one] for each in found]
    return pairs, len(made), max((each.pk for each in made), default=0)


def latest(offering: Offering, lab: str) -> Comparison | None:
    return Comparison.objects.filter(offering=offering, lab=lab).select_related("by").first()


def handed_in_since(comparison: Comparison) -> int:
    """How many of the class's last notebooks are newer than what was compared."""
    return latest_of_class(comparison.offering, comparison.lab).filter(pk__gt=comparison.newest).count()


def pairs_of(comparison: Comparison) -> list[Alike]:
    """The most alike first; one query."""
    keys = {key for pair in comparison.pairs for key in pair[:2]}
    made = {each.pk: each for each in LabSubmission.objects.filter(pk__in=keys).select_related("enrolment__person")}
    return [Alike(made[one], made[other], *shares) for one, other, *shares in comparison.pairs]


def facing(one: LabSubmission, other: LabSubmission) -> Facing:
    """Both read anew. Of different tests each is stripped of its own template."""
    given = [_given(source_of(each)) for each in (one, other)]
    files = [_own_code(_read(str(each.notebook.name)), base) for each, base in zip((one, other), given, strict=True)]
    works = [similarity.work_of(code, base.grams) for code, base in zip(files, given, strict=True)]
    found = similarity.compared(*works)
    alike = Alike(one, other, found.score, found.one_in_other, found.other_in_one)
    return Facing(alike, (files[0], files[1]), matching.matches(*works))


@dataclass(frozen=True)
class _Given:
    """What everybody gets: every code cell's text, and all its grams."""

    texts: frozenset[str]
    grams: Hashes


@lru_cache(maxsize=4096)
def _prints(place: str, source: Source) -> Hashes:
    """A kept file never changes; its fingerprints are a kilobyte or two. None of what can't be read."""
    try:
        given = _given(source)
        return similarity.work_of(_own_code(_read(place), given), given.grams).prints
    except (OSError, Unreadable):
        return np.empty(0, np.uint64)


@lru_cache(maxsize=64)
def _given(source: Source) -> _Given:
    notebook, _ = read(released(source))
    texts = [joined(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]
    grams = similarity.grams_of({f"{n:02}.py": _python(text) for n, text in enumerate(texts)})
    return _Given(frozenset(text.strip() for text in texts), grams)


def _read(place: str) -> Notebook:
    """Raises OSError, Unreadable."""
    with default_storage.open(place) as file:
        notebook, _ = read(file.read())
    return notebook


def _own_code(notebook: Notebook, given: _Given) -> dict[str, bytes]:
    """The code cells that the student wrote or changed, by a name that sorts as they stand; never the locked ones."""
    return {
        f"{n:02} {marks.grade_id(cell) or ''}".rstrip() + ".py": _python(joined(cell["source"]))
        for n, cell in enumerate(notebook["cells"], start=1)
        if cell["cell_type"] == "code" and not marks.is_locked(cell) and joined(cell["source"]).strip() not in given.texts
    }


def _python(text: str) -> bytes:
    return _NOT_PYTHON.sub("", text).encode()
