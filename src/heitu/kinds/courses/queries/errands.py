"""What waits in classes: labs to do for a student, and for a teacher whatever a class needs next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from heitu.ground.core.prepared import prepared
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Grading
from heitu.kinds.courses.models import Deadline, Enrolment, Extension, LabSubmission, Offering
from heitu.kinds.courses.queries.classes import Need, next_need
from heitu.kinds.courses.rules import teaching_institutions

MOST = 12
FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True)
class LabToDo:
    """A lab that is open, due and not handed in."""

    offering: Offering
    lab: str
    due_at: datetime


def labs_to_do(person: Person, now: datetime) -> list[LabToDo]:
    """The student's open labs, the one due first, until a fortnight after they were due. One query."""
    rows = _open_labs(person=person.pk, now=now, since=now - FORTNIGHT)
    return [LabToDo(row.offering, row.lab, row.own_due_at) for row in rows]  # type: ignore[attr-defined]


@prepared(person=int, now=datetime, since=datetime)
def _open_labs(person: int, now: datetime, since: datetime) -> QuerySet[Deadline]:
    place = Enrolment.objects.filter(offering=OuterRef("offering"), person=person, left_at__isnull=True)
    handed_in = LabSubmission.objects.filter(
        enrolment__offering=OuterRef("offering"), enrolment__person=person, lab=OuterRef("lab")
    )
    extended = Extension.objects.filter(
        enrolment__offering=OuterRef("offering"), enrolment__person=person, lab=OuterRef("lab")
    )
    rows = Deadline.objects.filter(Exists(place), ~Exists(handed_in), opens_at__lte=now)
    rows = rows.annotate(own_due_at=Coalesce(Subquery(extended.values("due_at")[:1]), F("due_at")))
    return rows.filter(own_due_at__gte=since).select_related("offering__version__course").order_by("own_due_at", "pk")[:MOST]


def classes_in_need(person: Person, now: datetime) -> list[tuple[Offering, Need]]:
    """Classes of the person's own that are under way or ahead, and want something. One query, none for who teaches nowhere."""
    if not teaching_institutions(person):
        return []
    waiting = LabSubmission.objects.filter(enrolment__offering=OuterRef("pk"), grading=Grading.WAITING)
    counted = waiting.order_by().values("enrolment__offering").annotate(number=Count("pk")).values("number")
    rows = Offering.objects.filter(teachers=person, ends_on__gte=now.date()).select_related("version").annotate(
        students=Count("enrolments", filter=Q(enrolments__left_at__isnull=True), distinct=True),
        given=Count("deadlines", distinct=True), waiting=Coalesce(Subquery(counted), 0),
    )
    found = [(row, next_need(row, students=row.students, deadlines=row.given, waiting=row.waiting)) for row in
             rows.order_by("-starts_on", "-pk")[:MOST]]
    return [(row, need) for row, need in found if need is not None]
