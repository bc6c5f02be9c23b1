"""From what cells earned to marks in the gradebook: of one notebook, or of a whole class in a few statements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Max

from heitu.ground.audit.actions import entry, record_all
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.passback import pass_back
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.marks import lab_mark, rounded
from heitu.kinds.courses.models import (
    Enrolment,
    Grade,
    GradeChange,
    GradeItem,
    LabSubmission,
    RubricUse,
    Score,
)
from heitu.kinds.courses.queries.grades import latest_scores_of


@dataclass(frozen=True)
class CellScore:
    """What one graded cell earned of `maximum`; `earned` None waits for a person. `items` are the rubric's, by id."""

    cell: str
    earned: float | None
    maximum: float
    comment: str = ""
    items: tuple[int, ...] = ()


@dataclass(frozen=True)
class Scored:
    """What cells of one notebook earned, and who says so (`by` None: the machine)."""

    submission: LabSubmission
    scores: Sequence[CellScore]
    by: Person | None = None

    @property
    def source(self) -> Source:
        return Source.MACHINE if self.by is None else Source.PERSON


@atomic
def record_scores(
    *, submission: LabSubmission, scores: Sequence[CellScore], source: Source, by: Person | None, now: datetime
) -> Grade | None:
    """Write down what cells earned, after whatever was written before, and let the lab's mark follow.

    Answers the mark, None while a cell waits for a person or when a newer notebook of the student's counts.
    """
    assert (by is None) == (source == Source.MACHINE)
    return record_many([Scored(submission, scores, by)], now=now).get(submission.enrolment_id)


@atomic
def record_many(found: Sequence[Scored], *, now: datetime) -> dict[int, Grade]:
    """As `record_scores`, for notebooks of one lab of one class; the marks by enrolment, where there are any."""
    _keep_scores(found, now)
    notebooks = {each.submission.pk: each.submission for each in found}
    latest = latest_scores_of(notebooks)
    for key, made in notebooks.items():
        made.grading = Grading.WAITING if any(score.earned is None for score in latest[key]) else Grading.DONE
    for state in (Grading.WAITING, Grading.DONE):
        LabSubmission.objects.filter(pk__in=[key for key, made in notebooks.items() if made.grading == state]).update(grading=state)
    record_all([
        entry(action="lab.scored", by=each.by, now=now, subject=each.submission, detail={
            "cells": {cell.cell: cell.earned for cell in each.scores}, "source": each.source.value,
        })
        for each in found
    ])
    return _settled([made for made in notebooks.values() if made.grading == Grading.DONE], latest, now)


def _keep_scores(found: Sequence[Scored], now: datetime) -> None:
    given = [(each, cell) for each in found for cell in each.scores]
    made = Score.objects.bulk_create([
        Score(
            submission=each.submission, cell=cell.cell, earned=cell.earned, maximum=cell.maximum, comment=cell.comment,
            source=each.source, by=each.by, at=now,
        )
        for each, cell in given
    ])
    RubricUse.objects.bulk_create([
        RubricUse(score=score, item_id=item) for score, (_, cell) in zip(made, given, strict=True) for item in cell.items
    ])


@atomic
def settle_again(notebooks: Iterable[LabSubmission], *, now: datetime) -> dict[int, Grade]:
    """The marks of these notebooks of one lab, where they were graded, by the rules and dates that hold for them now."""
    graded = [made for made in notebooks if made.grading == Grading.DONE]
    return _settled(graded, latest_scores_of(made.pk for made in graded), now)


def _settled(notebooks: Sequence[LabSubmission], latest: Mapping[int, Sequence[Score]], now: datetime) -> dict[int, Grade]:
    """The lab's marks from these, unless the student handed in a newer one or a person has set the mark."""
    if not notebooks:
        return {}
    lab, offering = notebooks[0].lab, notebooks[0].enrolment.offering_id
    item = GradeItem.objects.filter(offering=offering, lab=lab).first()
    if item is None:
        return {}
    newest = _newest(notebooks, lab)
    counting = [made for made in notebooks if made.number == newest[made.enrolment_id]]
    grades = _locked_many([made.enrolment for made in counting], item)
    free = [made for made in counting if not is_persons(grades[made.enrolment_id])]
    change_marks([_settling(grades[made.enrolment_id], made, item, latest[made.pk]) for made in free], now=now)
    return grades


def is_persons(grade: Grade) -> bool:
    """Whether a mark stands that a person has set."""
    return grade.source == Source.PERSON and grade.points is not None


def _newest(notebooks: Sequence[LabSubmission], lab: str) -> dict[int, int]:
    """By enrolment, the number of its last notebook of the lab."""
    rows = LabSubmission.objects.filter(lab=lab, enrolment__in={made.enrolment_id for made in notebooks}).order_by()
    return dict(rows.values_list("enrolment").annotate(last=Max("number")))


def _settling(grade: Grade, made: LabSubmission, item: GradeItem, scores: Sequence[Score]) -> NewMark:
    points = lab_mark((score.earned or 0 for score in scores), item.maximum, made.days_late, made)
    return NewMark(grade, points, Source.MACHINE, f"v{made.number}" + (f" +{made.days_late}d" if made.days_late else ""))


# The marks themselves


@dataclass(frozen=True)
class NewMark:
    """What a mark is to be, who says so and why; `grade` is locked."""

    grade: Grade
    points: Decimal | None
    source: Source
    reason: str
    by: Person | None = None


def locked(enrolment: Enrolment, item: GradeItem) -> Grade:
    """The student's mark for the item, made where there is none, which nobody else changes meanwhile."""
    return _locked_many([enrolment], item)[enrolment.pk]


def _locked_many(enrolments: Sequence[Enrolment], item: GradeItem) -> dict[int, Grade]:
    """By enrolment; always locked in one order, so that no two who do this wait for each other."""
    keys = {each.pk: each for each in enrolments}
    rows = Grade.objects.select_for_update().filter(item=item, enrolment__in=keys).order_by("enrolment")
    held = {grade.enrolment_id: grade for grade in rows}
    if missing := [each for each in enrolments if each.pk not in held]:
        fresh = [Grade(enrolment=each, item=item, points=None, source=Source.MACHINE) for each in missing]
        Grade.objects.bulk_create(fresh, ignore_conflicts=True)
        held = {grade.enrolment_id: grade for grade in rows.all()}
    for key, grade in held.items():
        grade.enrolment, grade.item = keys[key], item
    return held


def change_marks(wanted: Sequence[NewMark], *, now: datetime) -> None:
    """Each that isn't so already: changed, its history and the audit written, and told to learning platforms."""
    changes = [change for each in wanted if (change := _change(each, now)) is not None]
    if not changes:
        return
    grades = [change.grade for change in changes]
    Grade.objects.bulk_update(grades, ["points", "source", "changes"])
    GradeChange.objects.bulk_create(changes)
    record_all([entry(action="grade.changed", by=each.by, now=now, subject=each.grade, detail=_told(each)) for each in changes])
    pass_back(grades=grades, now=now)


def _change(wanted: NewMark, now: datetime) -> GradeChange | None:
    """The mark as it will be and the line of its history, neither saved; None where nothing changes."""
    grade, after = wanted.grade, None if wanted.points is None else rounded(wanted.points)
    if grade.points == after and grade.source == wanted.source:
        return None
    before = grade.points
    grade.points, grade.source, grade.changes = after, wanted.source, grade.changes + 1
    return GradeChange(
        grade=grade, before=before, after=after, source=wanted.source, reason=wanted.reason, by=wanted.by, at=now
    )


def _told(change: GradeChange) -> dict[str, str | None]:
    return {
        "from": _written(change.before), "to": _written(change.after), "reason": change.reason,
        "source": Source(change.source).value,
    }


def _written(points: Decimal | None) -> str | None:
    return None if points is None else str(points)
