"""Classes: one's own, what each needs next, and where a student stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.urls import reverse

from heitu.engines.ledger import queries as balances
from heitu.engines.ledger.models import Account
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.kinds.courses.enums import Grading
from heitu.kinds.courses.models import ComputeAward, Deadline, Enrolment, Extension, Grade, LabSubmission, Offering
from heitu.kinds.courses.pack.manifest import Lab, Unit
from heitu.kinds.courses.rules import visible_classes, visible_offerings

_PRESENT = Q(enrolments__left_at__isnull=True)


def listed(person: Person | None, *, search: str = "") -> QuerySet[Offering]:
    """The classes that the person teaches or oversees, the newest first, with `students`."""
    rows = visible_classes(person)
    if search:
        words = Q(title__icontains=search) | Q(term__icontains=search) | Q(version__title__zh__icontains=search)
        rows = rows.filter(words | Q(version__title__en__icontains=search) | Q(institution__name__zh__icontains=search))
    return _lean(rows).annotate(students=Count("enrolments", filter=_PRESENT)).order_by("-starts_on", "-pk")


def learnt(person: Person) -> QuerySet[Enrolment]:
    """The classes that the person is a student of, the newest first."""
    rows = Enrolment.objects.filter(person=person, left_at__isnull=True)
    rows = rows.select_related("offering__version__course", "offering__institution")
    return rows.defer("offering__version__search_text").order_by("-offering__starts_on", "-pk")


def whole(pk: int, person: Person | None) -> Offering | None:
    """A class that the person may see, with all that its pages show of it."""
    rows = visible_offerings(person).select_related("version__course", "adoption", "institution", "compute")
    teachers = Offering.teachers.through.objects.filter(offering=OuterRef("pk")).values("person")
    found = rows.defer("version__search_text").annotate(taught_by=ArraySubquery(teachers)).filter(pk=pk).first()
    if found is not None:
        found.teacher_ids = found.taught_by
    return found


@prepared(offering=int, person=int)
def own_places(offering: int, person: int) -> QuerySet[Enrolment]:
    """The person's place in the class as its student, and the class: for what a page asks every second."""
    return Enrolment.objects.filter(offering=offering, person=person, left_at__isnull=True).select_related("offering")


def _lean(rows: QuerySet[Offering]) -> QuerySet[Offering]:
    related = rows.select_related("version__course", "institution")
    return related.defer("version__body", "version__search_text")


# A student's own way

Stage = Literal["absent", "coming", "open", "overdue", "closed", "handed_in"]


@dataclass(frozen=True)
class LabStanding:
    """Where a student is with a lab. `due_at` is the student's own."""

    lab: Lab
    unit: Unit | None
    opens_at: datetime | None
    due_at: datetime | None
    is_extended: bool
    late_days: int
    submission: LabSubmission | None
    points: Decimal | None
    maximum: Decimal

    def is_open(self, now: datetime) -> bool:
        return self.opens_at is not None and self.opens_at <= now

    def is_overdue(self, now: datetime) -> bool:
        return self.submission is None and self.due_at is not None and self.due_at < now

    def is_closed(self, now: datetime) -> bool:
        """Too late even for a late hand-in."""
        return self.due_at is not None and now > self.due_at + timedelta(days=self.late_days)

    def is_to_do(self, now: datetime) -> bool:
        return self.is_open(now) and not self.is_closed(now) and self.submission is None

    def stage(self, now: datetime) -> Stage:
        """Where it is, in one word."""
        if self.submission is not None:
            return "handed_in"
        if self.due_at is None:
            return "absent"
        if self.is_closed(now):
            return "closed"
        if self.is_overdue(now):
            return "overdue"
        return "open" if self.is_open(now) else "coming"

    @property
    def state(self) -> Text | None:
        return Grading(self.submission.grading).text if self.submission else None


def lab_standings(enrolment: Enrolment, items: Iterable[Any] | None = None) -> list[LabStanding]:
    """Every lab of the class in the order of teaching; two queries, one where `dated_items` are at hand already."""
    manifest = enrolment.offering.version.manifest
    handed_in = {each.lab: each for each in enrolment.submissions.defer("report").order_by("number")}
    return [
        _standing(enrolment, lab, item, handed_in.get(lab.id))
        for item in (dated_items(enrolment) if items is None else items) if (lab := manifest.lab(item.lab))
    ]


def lab_dates(enrolment: Enrolment, lab: Lab) -> LabStanding:
    """One lab's dates for the student, without what was handed in; one query."""
    return _standing(enrolment, lab, dated_items(enrolment).get(lab=lab.id), None)


def _standing(enrolment: Enrolment, lab: Lab, item: Any, submission: LabSubmission | None) -> LabStanding:
    offering = enrolment.offering
    return LabStanding(
        lab, offering.version.manifest.unit_of_lab(lab.id), item.opens_at, item.due_at, item.due_at != item.class_due_at,
        offering.late_days, submission, item.points, item.maximum,
    )


def dated_items(enrolment: Enrolment) -> QuerySet[Any]:
    """The columns, each with the student's mark; those of labs with their dates and the student's own."""
    given = Deadline.objects.filter(offering=OuterRef("offering"), lab=OuterRef("lab"))
    extended = Extension.objects.filter(enrolment=enrolment, lab=OuterRef("lab"))
    mark = Grade.objects.filter(item=OuterRef("pk"), enrolment=enrolment)
    return enrolment.offering.items.filter(retired_at__isnull=True).annotate(
        opens_at=Subquery(given.values("opens_at")), class_due_at=Subquery(given.values("due_at")),
        points=Subquery(mark.values("points")),
    ).annotate(due_at=Greatest(Subquery(extended.values("due_at")), "class_due_at"))  # the one that there is, else the later


def next_lab(standings: Iterable[LabStanding], now: datetime) -> LabStanding | None:
    """The next thing to do: of the open labs that aren't handed in, the one due first."""
    ready = [each for each in standings if each.is_to_do(now) and each.due_at]
    return min(ready, key=lambda each: (each.due_at is not None and each.due_at < now, each.due_at), default=None)


# What a teacher has to do


@dataclass(frozen=True)
class Need:
    """The next thing that a class needs from its teacher, and the address where it is done."""

    sentence: Text
    label: Text
    url: str


@dataclass(frozen=True)
class Waiting:
    """How many notebooks wait for a person, and the lab of the one that has waited longest ("" where none does)."""

    count: int
    lab: str


def next_need(offering: Offering, *, students: bool, deadlines: bool, waiting: Waiting) -> Need | None:
    """First students, then dates (where there are none yet), then marks that wait for a person."""
    if not students:
        return Need(
            Text(zh="班上还没有学生。导入名单，或发放加入码。", en="Nobody is in the class yet: import a roster, or hand out a code."),
            Text(zh="导入名单", en="Import a roster"), reverse("offering_roster", args=[offering.pk]),
        )
    if not deadlines and offering.version.manifest.labs:
        return Need(
            Text(zh="还没有布置实验。定下开放与截止时间，学生就能看到。", en="No lab has been given: set when each opens and is due."),
            Text(zh="布置实验", en="Give the labs"), reverse("offering_deadlines", args=[offering.pk]),
        )
    if waiting.count:
        return Need(
            Text(zh=f"{waiting.count} 份实验等待人工批改。", en=f"{waiting.count} lab(s) wait for you to mark them."),
            Text(zh="开始评分", en="Start marking"), reverse("lab_marking", args=[offering.pk, waiting.lab]),
        )
    return None


def waiting_for_person(offering: Offering) -> Waiting:
    rows = waiting_notebooks().filter(enrolment__offering=offering).order_by()
    labs = list(rows.values("lab").annotate(n=Count("pk"), since=Min("submitted_at")).order_by("since").values_list("lab", "n"))
    return Waiting(sum(n for _, n in labs), labs[0][0] if labs else "")


def waiting_notebooks() -> QuerySet[LabSubmission]:
    """What people have to mark: of each student who is in a class, only the last notebook of a lab."""
    newer = LabSubmission.objects.filter(enrolment=OuterRef("enrolment"), lab=OuterRef("lab"), number__gt=OuterRef("number"))
    return LabSubmission.objects.filter(~Exists(newer), grading=Grading.WAITING, enrolment__left_at__isnull=True)


def awards_for(offering: Offering) -> list[tuple[ComputeAward, int]]:
    """The institution's latest compute awards with the minutes left on each."""
    rows = ComputeAward.objects.filter(application__team__institution=offering.institution_id)
    latest = list(rows.select_related("application__call", "application__team").order_by("-granted_at")[:20])
    held = minutes_in([row.account_code for row in latest])
    return [(row, held.get(row.account_code, 0)) for row in latest]


def minutes_in(codes: Sequence[str]) -> dict[str, int]:
    """Minutes available in accounts, by code; one that isn't there yet is left out."""
    return {row.code: balances.as_read(row).available for row in Account.objects.filter(code__in=list(codes))}
