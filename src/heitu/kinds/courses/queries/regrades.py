"""What mended tests would change: each student before and after, each question, and what has moved since."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from heitu.engines.grading.grades import SOLUTION_FAILS
from heitu.ground.core.text import Text
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.marks import lab_mark, rounded
from heitu.kinds.courses.models import (
    CourseFile,
    CourseVersion,
    Enrolment,
    Grade,
    LabSubmission,
    Offering,
    Regrade,
    Revision,
    Score,
)
from heitu.kinds.courses.pack.notebooks import graded_cells
from heitu.kinds.courses.queries.grades import latest_scores_of
from heitu.kinds.courses.queries.labs import class_source, held_up_words, notebook_of

Cells = Mapping[str, tuple[float | None, float, bool]]  # by grade_id: earned, maximum, whether a person gave it
Outcome = Literal["up", "down", "same", "waits", "kept", "failed", "queued"]
_COMPARED = (
    "revision", "grading", "cells_before", "points_before", "set_by_person", "report", "submission__enrolment", "submission__submitted_at",
    "submission__due_at", "submission__late_percent", "submission__late_days",
)
OUTCOMES: dict[Outcome, Text] = {
    "up": Text(zh="提高", en="Up"), "down": Text(zh="降低", en="Down"), "same": Text(zh="不变", en="Unchanged"),
    "waits": Text(zh="待人工评分", en="Waits for a person"), "kept": Text(zh="保留教师所给分数", en="A teacher's mark stands"),
    "failed": Text(zh="未能批改", en="Could not be graded"), "queued": Text(zh="排队", en="Queued"),
}


@dataclass(frozen=True)
class CellChange:
    """One question of one student; None: it isn't there, or waits for a person. `is_kept`: a person's points stand."""

    id: str
    before: float | None
    after: float | None
    maximum: float
    is_kept: bool

    @property
    def differs(self) -> bool:
        return self.before != self.after


@dataclass(frozen=True)
class Change:
    """One student's mark before and after, in the gradebook's points; None: no mark yet."""

    regrade: Regrade
    cells: list[CellChange]
    after: Decimal | None

    @property
    def enrolment(self) -> Enrolment:
        return self.regrade.submission.enrolment

    @property
    def before(self) -> Decimal | None:
        return self.regrade.points_before

    @property
    def changed_cells(self) -> list[CellChange]:
        return [cell for cell in self.cells if cell.differs]

    @property
    def outcome(self) -> Outcome:
        """What becomes of the student's mark."""
        if self.regrade.grading in (Grading.QUEUED, Grading.RUNNING):
            return "queued"
        if self.regrade.grading == Grading.FAILED:
            return "failed"
        if self.regrade.set_by_person:
            return "kept"
        if self.after is None:
            return "waits"
        before = self.before if self.before is not None else Decimal(-1)
        return "up" if self.after > before else "down" if self.after < before else "same"

    @property
    def said(self) -> Text:
        return OUTCOMES[self.outcome]


@dataclass(frozen=True)
class QuestionChange:
    """A question over the class: how many go up, down or stay, and the mean of those who have points on both sides."""

    id: str
    up: int
    down: int
    same: int
    before: Decimal | None
    after: Decimal | None


def revisions(offering: Offering, lab: str) -> QuerySet[Revision]:
    """The newest first, without their content."""
    return Revision.objects.filter(offering=offering, lab=lab).defer("content").select_related("by", "ended_by", "version")


@dataclass(frozen=True)
class Progress:
    """How many notebooks of the class are tried; `held_by`: what of ours keeps the rest from being."""

    done: int
    total: int
    held_by: str

    @property
    def is_running(self) -> bool:
        return self.done < self.total

    @property
    def held_up(self) -> Text | None:
        return held_up_words(self.held_by) if self.held_by and self.is_running else None


def progress(revision: Revision) -> Progress:
    """One query."""
    waiting = Q(grading__in=(Grading.QUEUED, Grading.RUNNING))
    return Progress(**revision.regrades.aggregate(
        done=Count("pk", filter=~waiting), total=Count("pk"), held_by=Coalesce(Max("held_by", filter=waiting), Value("")),
    ))


def changes(revision: Revision) -> list[Change]:
    """Every student of the class who had handed in, in the order of their numbers; one query."""
    return _changes(revision, revision.regrades.select_related("submission__enrolment__person").defer("submission__report"))


def compared(revision: Revision) -> list[Change]:
    """The same without the students, whom `named` adds for the few that a page shows; one query."""
    return _changes(revision, revision.regrades.select_related("submission").only(*_COMPARED))


def named(shown: Sequence[Change]) -> Sequence[Change]:
    """With their students; one query."""
    keys = [each.regrade.submission.enrolment_id for each in shown]
    seats = Enrolment.objects.select_related("person").in_bulk(keys)
    for each in shown:
        each.regrade.submission.enrolment = seats[each.regrade.submission.enrolment_id]
    return shown


def _changes(revision: Revision, rows: QuerySet[Regrade]) -> list[Change]:
    maximum = maximum_of(revision)
    return [_change(row, maximum) for row in rows.order_by("submission__enrolment__student_number", "submission__enrolment_id")]


def maximum_of(revision: Revision) -> Decimal:
    """All points of the mended notebook, as the gradebook's column has them."""
    return rounded(sum(cell.points for cell in graded_cells(bytes(revision.content).decode()))) or Decimal(1)


def _change(row: Regrade, maximum: Decimal) -> Change:
    cells = _cell_changes(row)
    waits = row.report is None or any(cell.after is None for cell in cells)
    earned = (cell.after or 0 for cell in cells)
    return Change(row, cells, None if waits else lab_mark(earned, maximum, row.submission.days_late, row.submission))


def _cell_changes(row: Regrade) -> list[CellChange]:
    """In the mended notebook's order; a question that it has no more counts nothing, and comes last."""
    before: Cells = {name: tuple(found) for name, found in row.cells_before.items()}
    now = cells_after(row)
    gone = [CellChange(name, earned, 0.0, 0.0, False) for name, (earned, _, _) in before.items() if row.report and name not in now]
    return [
        CellChange(name, before[name][0] if name in before else None, earned, maximum, by_person)
        for name, (earned, maximum, by_person) in now.items()
    ] + gone


def cells_after(row: Regrade) -> Cells:
    """What each question is worth afterwards: a person's points stand wherever the new maximum allows them."""
    found = {each["id"]: (each["earned"], each["maximum"], False) for each in (row.report or {}).get("questions", ())}
    for name, (earned, _, by_person) in row.cells_before.items():
        if by_person and name in found and earned <= found[name][1]:
            found[name] = (earned, found[name][1], True)
    return found


def totals(found: Iterable[Change]) -> dict[str, int]:
    """How many students there are of each outcome."""
    return Counter[str](each.outcome for each in found)


def faulty_tests(found: Iterable[Change]) -> list[str]:
    """The questions whose tests some student fails and the notebook's own solution too, in the notebook's order."""
    reports = (each.regrade.report or {} for each in found)
    said = [each["id"] for report in reports for each in report.get("questions", ()) if SOLUTION_FAILS in each["flags"]]
    return list(dict.fromkeys(said))


def questions(found: Sequence[Change]) -> list[QuestionChange]:
    """In the mended notebook's order."""
    both: dict[str, list[tuple[float, float]]] = {}
    for cell in itertools.chain.from_iterable(each.cells for each in found):
        pairs = both.setdefault(cell.id, [])
        if cell.before is not None and cell.after is not None:
            pairs.append((cell.before, cell.after))
    return [_question(name, pairs) for name, pairs in both.items()]


def _question(name: str, both: list[tuple[float, float]]) -> QuestionChange:
    up, down = sum(a > b for b, a in both), sum(a < b for b, a in both)
    means = (rounded(sum(each[side] for each in both) / len(both)) if both else None for side in (0, 1))
    return QuestionChange(name, up, down, len(both) - up - down, *means)


# What holds now


@dataclass(frozen=True)
class Held:
    """What a student's last notebook has now: its questions with who gave them, and the mark in the gradebook."""

    submission: LabSubmission
    cells: dict[str, list[Any]]
    score: int
    points: Decimal | None
    changes: int
    set_by_person: bool


def held(offering: Offering, lab: str) -> dict[int, Held]:
    """By enrolment, for everybody in the class who has handed in; three queries."""
    last = LabSubmission.objects.filter(enrolment__offering=offering, enrolment__left_at__isnull=True, lab=lab)
    newest = last.defer("report").order_by("enrolment_id", "-number").distinct("enrolment_id")
    made = {each.enrolment_id: each for each in newest}
    scores = latest_scores_of(each.pk for each in made.values())
    grades = {each.enrolment_id: each for each in Grade.objects.filter(item__offering=offering, item__lab=lab)}
    return {key: _held(each, scores[each.pk], grades.get(key)) for key, each in made.items()}


def _held(made: LabSubmission, scores: Sequence[Score], grade: Grade | None) -> Held:
    cells = {each.cell: [each.earned, each.maximum, each.source == Source.PERSON] for each in scores}
    has_mark = grade is not None and grade.points is not None
    return Held(
        made, cells, max((each.pk for each in scores), default=0), grade.points if grade else None,
        grade.changes if grade else 0, grade is not None and has_mark and grade.source == Source.PERSON,
    )


Mark = tuple[int, int, int]  # a notebook, its newest score, how often the mark in the gradebook changed


def moved(revision: Revision) -> list[tuple[Enrolment, Text]]:
    """Whose marks or notebooks are no longer those that the revision was tried on, and what happened; two queries, and one
    more where any has."""
    now, tried = _marks_now(revision), _marks_tried(revision)
    said = {key: what for key, found in now.items() if (what := _what_moved(tried.get(key), found))}
    people = Enrolment.objects.filter(pk__in=said).select_related("person").order_by("student_number", "pk") if said else ()
    return [(each, said[each.pk]) for each in people]


def _marks_now(revision: Revision) -> dict[int, Mark]:
    """By enrolment; as `held` has them."""
    scores = Score.objects.filter(submission=OuterRef("pk")).order_by("-pk").values("pk")[:1]
    grades = Grade.objects.filter(enrolment=OuterRef("enrolment"), item__offering=revision.offering_id, item__lab=revision.lab)
    rows = LabSubmission.objects.filter(
        enrolment__offering=revision.offering_id, enrolment__left_at__isnull=True, lab=revision.lab
    ).annotate(score=Coalesce(Subquery(scores), 0), changes=Coalesce(Subquery(grades.values("changes")), 0))
    newest = rows.order_by("enrolment_id", "-number").distinct("enrolment_id")
    return {key: (pk, score, changes) for key, pk, score, changes in newest.values_list("enrolment_id", "pk", "score", "changes")}


def _marks_tried(revision: Revision) -> dict[int, Mark]:
    rows = revision.regrades.values_list("submission__enrolment_id", "submission_id", "score_before", "changes_before")
    return {key: (pk, score, changes) for key, pk, score, changes in rows}


def _what_moved(tried: Mark | None, now: Mark) -> Text | None:
    if tried is None or tried[0] != now[0]:
        return Text(zh="又交了一份", en="handed in anew")
    if tried[1] != now[1]:
        return Text(zh="有了新的评分", en="was scored anew")
    if tried[2] != now[2]:
        return Text(zh="成绩册中的分数改过", en="has another mark in the gradebook")
    return None


# Newer versions of the course


def newer_notebooks(offering: Offering, lab: str) -> list[CourseVersion]:
    """Versions of the course after the class's own whose notebook of the lab is another than what holds now."""
    here = notebook_of(class_source(offering, lab))
    path = f"labs/{lab}/{lab}.ipynb"
    content = CourseFile.objects.filter(version=OuterRef("pk"), path=path).values("content")[:1]
    rows = offering.version.course.versions.annotate(notebook=Subquery(content)).defer("body", "search_text")
    found = [each for each in rows if each.number > offering.version.number and each.notebook is not None]
    return sorted((each for each in found if bytes(each.notebook) != here), key=lambda each: each.number, reverse=True)


def last_number(offering: Offering, lab: str) -> int:
    return Revision.objects.filter(offering=offering, lab=lab).aggregate(last=Max("number"))["last"] or 0
