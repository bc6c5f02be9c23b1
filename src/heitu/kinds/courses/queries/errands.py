"""What waits in classes: labs to do for a student, and for a teacher whatever a class needs next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce, Greatest

from heitu.ground.core.prepared import prepared
from heitu.ground.people.models import Person
from heitu.kinds.courses.models import Deadline, Enrolment, Extension, LabSubmission, Offering
from heitu.kinds.courses.queries.classes import Need, Waiting, next_need, waiting_notebooks

MOST = 12


@dataclass(frozen=True)
class LabToDo:
    """A lab that is open, due and not handed in."""

    offering: Offering
    lab: str
    due_at: datetime


@dataclass(frozen=True)
class Errands:
    labs: list[LabToDo]
    needs: list[tuple[Offering, Need]]


def errands(person: Person, now: datetime) -> Errands:
    """What waits for the person in classes that aren't over: one query, and one more for who learns in any."""
    classes = list(_own_classes(person, now))
    taught = [row for row in classes if row.teaches]
    needs = [(row, _need(row)) for row in taught]
    labs = _labs_to_do(person, now) if len(taught) < len(classes) else []
    return Errands(labs, [(row, need) for row, need in needs if need is not None])


def _need(row: Any) -> Need | None:
    return next_need(row, students=row.has_students, deadlines=row.is_given, waiting=Waiting(row.waiting, row.longest))


def _own_classes(person: Person, now: datetime) -> QuerySet[Any]:
    """Classes that the person teaches (`teaches`) or learns in, with what they have already."""
    teaching = Offering.teachers.through.objects.filter(offering=OuterRef("pk"), person=person)
    learning = Enrolment.objects.filter(offering=OuterRef("pk"), person=person, left_at__isnull=True)
    present = Enrolment.objects.filter(offering=OuterRef("pk"), left_at__isnull=True)
    waiting = waiting_notebooks().filter(enrolment__offering=OuterRef("pk"))
    counted = waiting.order_by().values("enrolment__offering").annotate(number=Count("pk")).values("number")
    rows = Offering.objects.filter(Exists(teaching) | Exists(learning), ends_on__gte=now.date()).annotate(
        teaches=Exists(teaching), has_students=Exists(present), waiting=Coalesce(Subquery(counted), 0),
        longest=Coalesce(Subquery(waiting.order_by("submitted_at").values("lab")[:1]), Value("")),
        is_given=Exists(Deadline.objects.filter(offering=OuterRef("pk"))),
    )
    return rows.select_related("version").order_by("-starts_on", "-pk")[:MOST]


def _labs_to_do(person: Person, now: datetime) -> list[LabToDo]:
    """The student's open labs, the one due first, for as long as they can be handed in at all."""
    rows = _open_labs(person=person.pk, now=now)
    return [LabToDo(row.offering, row.lab, row.own_due_at) for row in rows]  # type: ignore[attr-defined]


@prepared(person=int, now=datetime)
def _open_labs(person: int, now: datetime) -> QuerySet[Deadline]:
    place = Enrolment.objects.filter(offering=OuterRef("offering"), person=person, left_at__isnull=True)
    handed_in = LabSubmission.objects.filter(
        enrolment__offering=OuterRef("offering"), enrolment__person=person, lab=OuterRef("lab")
    )
    extended = Extension.objects.filter(
        enrolment__offering=OuterRef("offering"), enrolment__person=person, lab=OuterRef("lab")
    )
    rows = Deadline.objects.filter(Exists(place), ~Exists(handed_in), opens_at__lte=now)
    rows = rows.annotate(own_due_at=Greatest(Subquery(extended.values("due_at")[:1]), F("due_at")))
    latest = F("own_due_at") + F("offering__late_days") * Value(timedelta(days=1), DurationField())
    rows = rows.annotate(latest_at=ExpressionWrapper(latest, DateTimeField())).filter(latest_at__gte=now)
    return rows.select_related("offering__version__course").order_by("own_due_at", "pk")[:MOST]
