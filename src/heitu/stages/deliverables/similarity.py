"""Which teams' versions look like copies of each other. Computed when somebody asks; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from django.core.files.storage import default_storage
from django.db.models import F, QuerySet, Window
from django.db.models.functions import RowNumber

from heitu.engines.judge import matching, similarity, submission
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.lexing import SUFFIXES
from heitu.engines.judge.similarity import Pair, Work
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import packs
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable

LEAST_ALIKE = 0.5
MOST_OF_TEAM, MOST_WORKS, MOST_PAIRS = 10, 1000, 100
_PLACES = ("starter", "examples")


@dataclass(frozen=True)
class Likeness:
    """Two teams' versions; shares from 0 to 1, `score` of both together, the others of one in the other."""

    one: Deliverable
    other: Deliverable
    score: float
    one_in_other: float
    other_in_one: float


@dataclass(frozen=True)
class Comparison:
    """Two versions side by side."""

    likeness: Likeness
    files: tuple[Mapping[str, bytes], Mapping[str, bytes]]
    matches: list[matching.Match]


def judged_versions(call: Call) -> list[Deliverable]:
    """The newest MOST_OF_TEAM versions of each team that have been judged, the newest MOST_WORKS of them."""
    newest = Window(RowNumber(), partition_by="application__team", order_by=[F("submitted_at").desc(), F("pk").desc()])
    judged = _loaded().filter(application__call=call, judging=JudgingStatus.DONE).annotate(place=newest)
    return list(judged.filter(place__lte=MOST_OF_TEAM).order_by("-submitted_at", "-pk")[:MOST_WORKS])


def pair(call: Call, pk: int, other: int) -> tuple[Deliverable, Deliverable] | None:
    """Two judged versions of the call by different teams, or None."""
    found = {
        each.pk: each
        for each in _loaded().filter(application__call=call, judging=JudgingStatus.DONE, pk__in=(pk, other))
    }
    if len(found) != 2 or found[pk].application.team_id == found[other].application.team_id:
        return None
    return found[pk], found[other]


def _loaded() -> QuerySet[Deliverable]:
    return Deliverable.objects.select_related(
        "application__team__institution", "application__case__definition", "application__call"
    )


def likenesses(call: Call, versions: list[Deliverable]) -> list[Likeness]:
    """Of any two teams the versions that are most alike, from LEAST_ALIKE on, the most alike first, MOST_PAIRS at most.

    What one team changed from version to version is no likeness; a copy that it changed later still is one.
    """
    given = _given(call).tobytes()
    works = {number: Work((), _prints_of(each, given)) for number, each in enumerate(versions)}
    teams = {number: each.application.team_id for number, each in enumerate(versions)}
    found = similarity.similar(works, authors=teams, least=LEAST_ALIKE, most=MOST_PAIRS)
    return [_likeness(versions[each.one], versions[each.other], each) for each in found]


def comparison(call: Call, one: Deliverable, other: Deliverable) -> Comparison:
    """Both versions' files, and the runs of lines that match, longest runs of each place first chosen."""
    files = files_of(one), files_of(other)
    works = [similarity.work_of(each, _given(call)) for each in files]
    likeness = _likeness(one, other, similarity.compared(*works))
    return Comparison(likeness, files, matching.matches(*works))


def files_of(deliverable: Deliverable) -> dict[str, bytes]:
    """The source files of a version; none where it can't be read."""
    try:
        return _files(*_whereabouts(deliverable))
    except OSError:
        return {}


def _whereabouts(deliverable: Deliverable) -> tuple[str, str, str]:
    return str(deliverable.file.name), deliverable.filename, deliverable.application.call.kind


def _files(place: str, name: str, kind: str) -> dict[str, bytes]:
    """Raises OSError where the file can't be had now; what isn't readable as a submission has no files."""
    with default_storage.open(place) as file:
        content = file.read()
    try:
        files = submission.files_in(name, content, kind)
    except Refusal:
        return {}
    return {each: content for each, content in files.items() if each.endswith(SUFFIXES)}


def _prints_of(deliverable: Deliverable, given: bytes) -> similarity.Hashes:
    try:
        return _prints(*_whereabouts(deliverable), given)
    except OSError:
        return np.empty(0, np.uint64)


@lru_cache(maxsize=4096)
def _prints(place: str, name: str, kind: str, given: bytes) -> similarity.Hashes:
    """A kept file never changes; its fingerprints are a kilobyte or two."""
    return similarity.work_of(_files(place, name, kind), np.frombuffer(given, np.uint64)).prints


def _given(call: Call) -> similarity.Hashes:
    """What the task gives to everybody: its baseline, starters and examples."""
    task = packs.task(call.programme, call.task)
    paths = [] if task is None else [
        *task.folder.glob("baseline.*"), *(path for place in _PLACES for path in (task.folder / place).rglob("*.*")),
    ]
    return similarity.grams_of({str(path): path.read_bytes() for path in paths if path.is_file()})


def _likeness(one: Deliverable, other: Deliverable, found: Pair[int] | Pair[str]) -> Likeness:
    return Likeness(one, other, found.score, found.one_in_other, found.other_in_one)
