"""The gradebook as a table, a page of students at a time, and what a lab's cells earned."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Avg, Count, Q, QuerySet
from django.db.models.functions import Round

from heitu.ground.core.prepared import prepared
from heitu.kinds.courses.marks import rounded
from heitu.kinds.courses.models import Enrolment, Grade, GradeChange, GradeItem, LabSubmission, Offering, Score

SORTS = {
    "number": ("student_number", "pk"), "name": ("person__name", "pk"), "joined": ("joined_at", "pk"),
}


@dataclass(frozen=True)
class Line:
    """A student's row: a mark for each item in the items' order, None where there is none, and who set it."""

    enrolment: Enrolment
    marks: list[tuple[GradeItem, Decimal | None, str]]

    @property
    def percent(self) -> Decimal | None:
        """Of everything that was marked so far, each item by its weight; None before the first mark."""
        given = [(item, points) for item, points, _ in self.marks if points is not None]
        weight = sum(item.weight for item, _ in given)
        if not weight:
            return None
        return rounded(sum(points / item.maximum * item.weight for item, points in given) * 100 / weight)


def items_of(offering: Offering) -> list[GradeItem]:
    return list(offering.items.filter(retired_at__isnull=True))


def students(offering: Offering, *, search: str = "", sort: str = "") -> QuerySet[Enrolment]:
    """Who is in the class now."""
    found = offering.enrolments.filter(left_at__isnull=True)
    if search:
        words = Q(person__name__icontains=search) | Q(person__name_latin__icontains=search)
        found = found.filter(words | Q(student_number__icontains=search) | Q(person__email__icontains=search))
    return found.order_by(*SORTS.get(sort, SORTS["number"]))


@prepared(pks=list[int])
def _rows(pks: list[int]) -> QuerySet[Enrolment]:
    return Enrolment.objects.filter(pk__one_of=pks).select_related("person")


@prepared(enrolments=list[int])
def _marks(enrolments: list[int]) -> QuerySet[Grade]:
    return Grade.objects.filter(enrolment__id__one_of=enrolments).only("enrolment", "item", "points", "source")


def lines(items: Sequence[GradeItem], pks: Sequence[int]) -> list[Line]:
    """The students of these keys, in their order; two queries whatever the number of items."""
    held = {(grade.enrolment_id, grade.item_id): grade for grade in _marks(enrolments=list(pks))} if pks else {}
    return [Line(row, list(_cells(row, items, held))) for row in _rows.in_order(pks)]


def line(enrolment: Enrolment, items: Sequence[GradeItem]) -> Line:
    """One student's row; one query."""
    held = {(grade.enrolment_id, grade.item_id): grade for grade in _marks(enrolments=[enrolment.pk])}
    return Line(enrolment, list(_cells(enrolment, items, held)))


def _cells(
    row: Enrolment, items: Iterable[GradeItem], held: dict[tuple[int, int], Grade]
) -> Iterator[tuple[GradeItem, Decimal | None, str]]:
    for item in items:
        grade = held.get((row.pk, item.pk))
        yield item, grade.points if grade else None, grade.source if grade else ""


def summed_items(offering: Offering) -> list[GradeItem]:
    """The items with `marked`, how many students of the class have a mark, and `mean`, theirs; one query."""
    present = Q(grades__points__isnull=False, grades__enrolment__left_at__isnull=True)
    counted = offering.items.filter(retired_at__isnull=True).annotate(
        marked=Count("grades", filter=present), mean=Round(Avg("grades__points", filter=present), precision=2)
    )
    return list(counted)


def history(enrolment: Enrolment, item: GradeItem) -> QuerySet[GradeChange]:
    """Every change of one mark, newest first."""
    return GradeChange.objects.filter(grade__enrolment=enrolment, grade__item=item).select_related("by")


def latest_scores(submission: LabSubmission) -> list[Score]:
    """The latest score of each cell, in the order in which they were first written."""
    return latest_scores_of([submission.pk])[submission.pk]


def latest_scores_of(notebooks: Iterable[int]) -> dict[int, list[Score]]:
    """The same of several notebooks, by their ids; one query."""
    found: dict[int, list[Score]] = {key: [] for key in notebooks}
    newest = Score.objects.filter(submission__in=list(found)).order_by("submission_id", "cell", "-pk")
    for score in sorted(newest.distinct("submission_id", "cell"), key=lambda score: score.pk):
        found[score.submission_id].append(score)
    return found


def export(offering: Offering, *, size: int = 500) -> Iterator[Line]:
    """Every student of the class, a few hundred at a time."""
    items, keys = items_of(offering), list(students(offering).values_list("pk", flat=True))
    for start in range(0, len(keys), size):
        yield from lines(items, keys[start : start + size])
