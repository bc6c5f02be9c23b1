"""Marks: set by people with a history, or following from labs; late ones lose what the rule says."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import Error, transaction
from hypothesis import given
from hypothesis import strategies as st

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.kinds.courses.actions.grades import add_item, hand_in, retire_item, set_grade
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.marks import after_lateness
from heitu.kinds.courses.models import Enrolment, Grade, GradeItem, LabSubmission, Offering, Score
from heitu.kinds.courses.queries.grades import lines
from tests import courses
from tests.people import Cast

pytestmark = pytest.mark.django_db
NOW = clock.now()
points = st.decimals(min_value=0, max_value=1000, places=2)


@given(points, st.integers(-5, 100), st.integers(0, 100), st.integers(0, 60))
def test_lateness_never_adds_and_never_goes_below_nothing(worth: Decimal, late: int, percent: int, days: int) -> None:
    left = after_lateness(worth, days_late=late, percent=percent, days=days)
    assert 0 <= left <= worth
    if late <= 0:
        assert left == worth
    assert after_lateness(worth, days_late=late + 1, percent=percent, days=days) <= left


def final(offering: Offering, cast: Cast) -> GradeItem:
    return add_item(offering=offering, title=courses.TITLE, maximum=Decimal(100), weight=3, by=cast.lin, now=NOW)


def test_every_change_of_a_mark_is_kept(offering: Offering, cast: Cast, student: Enrolment) -> None:
    item = final(offering, cast)
    grade = set_grade(enrolment=student, item=item, points=Decimal("85.5"), by=cast.lin, now=NOW)
    set_grade(enrolment=student, item=item, points=Decimal(90), reason="重新核分", by=cast.lin, now=NOW)
    kept = [(change.before, change.after, change.reason, change.by) for change in grade.history.order_by("pk")]
    assert kept == [(None, Decimal("85.50"), "", cast.lin), (Decimal("85.50"), Decimal("90.00"), "重新核分", cast.lin)]
    entries = AuditEntry.objects.filter(action="grade.changed")
    assert [entry.detail["to"] for entry in entries.order_by("at", "pk")] == ["85.50", "90.00"]
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        grade.history.update(reason="")


@pytest.mark.parametrize(("given", "code"), [
    ({"points": Decimal(101)}, "points_out_of_range"), ({"points": Decimal(-1)}, "points_out_of_range"),
    ({"points": Decimal(50)}, "reason_missing"), ({"points": Decimal(50), "reason": "x", "seen": 0}, "stale"),
])
def test_what_a_mark_can_not_be(
    offering: Offering, cast: Cast, student: Enrolment, given: dict[str, object], code: str
) -> None:
    item = final(offering, cast)
    set_grade(enrolment=student, item=item, points=Decimal(80), by=cast.lin, now=NOW)
    with pytest.raises(Refused, match=code):
        set_grade(enrolment=student, item=item, **given, by=cast.lin, now=NOW)  # type: ignore[arg-type]
    assert Grade.objects.get().points == 80


def handed_in(student: Enrolment, cast: Cast, at: datetime = NOW) -> LabSubmission:
    return hand_in(
        enrolment=student, lab="add-up", notebook=ContentFile(b"{}", name="x.ipynb"), sha256="0" * 64, by=cast.sun, now=at
    )


def scored(submission: LabSubmission, tests: float, why: float | None, cast: Cast) -> Grade | None:
    """The machine on the tests, then (unless None) the teacher on the written question."""
    cells = [CellScore("total-tests", tests, 3.0), CellScore("why", None, 2.0)]
    made = record_scores(submission=submission, scores=cells, source=Source.MACHINE, by=None, now=NOW)
    if why is not None:
        answer = [CellScore("why", why, 2.0, "好")]
        made = record_scores(submission=submission, scores=answer, source=Source.PERSON, by=cast.lin, now=NOW)
    return made


def test_a_labs_mark_follows_from_its_cells(offering: Offering, cast: Cast, student: Enrolment) -> None:
    submission = handed_in(student, cast)
    assert scored(submission, 2.5, None, cast) is None
    assert submission.grading == Grading.WAITING
    grade = scored(submission, 2.5, 1.5, cast)
    assert grade is not None
    assert (grade.points, grade.source, submission.grading) == (Decimal("4.00"), Source.MACHINE, Grading.DONE)
    with pytest.raises(Error, match="append-only"), transaction.atomic():
        Score.objects.all().delete()


def test_a_late_lab_loses_by_the_rule(offering: Offering, cast: Cast, student: Enrolment) -> None:
    due = offering.deadlines.get().due_at
    grade = scored(handed_in(student, cast, due + timedelta(hours=30)), 3, 2, cast)
    assert grade is not None
    assert grade.points == Decimal("4.00")  # two days begun, a tenth each, of five points
    with pytest.raises(Refused, match="too_late"):
        handed_in(student, cast, due + timedelta(days=7, seconds=1))


def test_the_latest_notebook_counts(offering: Offering, cast: Cast, student: Enrolment) -> None:
    first, second = handed_in(student, cast), handed_in(student, cast)
    scored(second, 1, 1, cast)
    assert scored(first, 3, 2, cast) is None
    assert Grade.objects.get().points == 2


def test_a_persons_mark_stands_until_it_is_taken_away(offering: Offering, cast: Cast, student: Enrolment) -> None:
    item = offering.items.get(lab="add-up")
    set_grade(enrolment=student, item=item, points=Decimal(5), by=cast.lin, now=NOW)
    scored(handed_in(student, cast), 1, 1, cast)
    assert Grade.objects.get().points == 5
    grade = set_grade(enrolment=student, item=item, points=None, reason="误录", by=cast.lin, now=NOW)
    assert (grade.points, grade.source) == (Decimal("2.00"), Source.MACHINE)


@pytest.mark.parametrize(("at", "code"), [(timedelta(hours=-2), "not_open"), (timedelta(days=60), "too_late")])
def test_when_a_lab_can_be_handed_in(offering: Offering, cast: Cast, student: Enrolment, at: timedelta, code: str) -> None:
    with pytest.raises(Refused, match=code):
        handed_in(student, cast, NOW + at)


def test_the_overall_mark_is_by_weight_of_what_was_marked(offering: Offering, cast: Cast, student: Enrolment) -> None:
    item = final(offering, cast)
    items = [offering.items.get(lab="add-up"), item]
    (line,) = lines(items, [student.pk])
    assert line.percent is None
    set_grade(enrolment=student, item=item, points=Decimal(80), by=cast.lin, now=NOW)
    set_grade(enrolment=student, item=items[0], points=Decimal(5), by=cast.lin, now=NOW)
    (line,) = lines(items, [student.pk])
    assert line.percent == Decimal("85.00")  # 80 % three times, 100 % once


def test_columns(offering: Offering, cast: Cast, student: Enrolment) -> None:
    item = final(offering, cast)
    retire_item(item=item, by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="item_is_lab"):
        retire_item(item=offering.items.get(lab="add-up"), by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="maximum_too_small"):
        add_item(offering=offering, title=courses.TITLE, maximum=Decimal(0), by=cast.lin, now=NOW)
