"""Classes for programs: students, dates, marks, compute."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Router, Status
from ninja.files import UploadedFile
from ninja.pagination import PageNumberPagination, paginate

from heitu.ground.core import clock
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses.actions import classes as teaching
from heitu.kinds.courses.actions import compute, enrolments, grades
from heitu.kinds.courses.api.courses import managed_adoption
from heitu.kinds.courses.api.schemas import (
    ClassOut,
    CodeIn,
    DeadlineIn,
    DrawIn,
    ExtensionIn,
    ItemIn,
    ItemOut,
    LabOut,
    LineOfMarksOut,
    MarkIn,
    MinutesOut,
    PlanEditIn,
    PlanIn,
    RosterOut,
    RuleIn,
    StudentIn,
    StudentOut,
)
from heitu.kinds.courses.models import Enrolment, Offering, RosterRun
from heitu.kinds.courses.queries import classes
from heitu.kinds.courses.queries import grades as marks
from heitu.kinds.courses.views.shared import enrolment_in, seen_class, seen_offering, taught_class
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)


@router.post("/adoptions/{int:pk}/classes", response={201: ClassOut}, auth=MANAGE, summary="Open a class")
def class_create(request: HttpRequest, pk: int, given: PlanIn) -> Status[Offering]:
    person, adoption = signed_in(request), managed_adoption(request, pk)
    made = teaching.open_offering(adoption=adoption, plan=given.plan(), by=person, now=clock.now())
    return Status(201, seen_offering(request, made.pk))


@router.get("/classes", response=list[ClassOut], summary="Classes that you teach or oversee")
@paginate(PageNumberPagination, page_size=25)
def class_list(request: HttpRequest, search: str = "") -> QuerySet[Offering]:
    return classes.listed(signed_in(request), search=search.strip())


@router.post("/classes/join", response={201: ClassOut}, auth=MANAGE, summary="Join a class with its code")
def class_join(request: HttpRequest, given: CodeIn) -> Status[Offering]:
    made = enrolments.join(code=given.code, by=signed_in(request), now=clock.now())
    return Status(201, seen_offering(request, made.offering_id))


@router.get("/classes/{int:pk}", response=ClassOut, summary="One class")
def class_detail(request: HttpRequest, pk: int) -> Offering:
    return seen_offering(request, pk)


@router.put("/classes/{int:pk}", response=ClassOut, auth=MANAGE, summary="Change a class's plan")
def class_edit(request: HttpRequest, pk: int, given: PlanEditIn) -> Offering:
    """Refused as `marks_change`, with `details.marks`, where another rule for lateness touches marks and `late_for` is missing."""
    offering, person = taught_class(request, pk)
    return teaching.edit_offering(offering=offering, plan=given.plan(), late_for=given.late_for, by=person, now=clock.now())


@router.get("/classes/{int:pk}/labs", response=list[LabOut], summary="Your own labs in a class")
def class_labs(request: HttpRequest, pk: int) -> list[LabOut]:
    offering = seen_offering(request, pk)
    enrolment = get_object_or_404(offering.enrolments, person=signed_in(request), left_at=None)
    enrolment.offering = offering
    return [
        LabOut(
            lab=each.lab.id, title=each.lab.title, opens_at=each.opens_at, due_at=each.due_at, extended=each.is_extended,
            handed_in=each.submission is not None, points=each.points, maximum=each.maximum,
        )
        for each in classes.lab_standings(enrolment)
    ]


@router.put("/classes/{int:pk}/deadlines", response=list[DeadlineIn], auth=MANAGE, summary="Give labs, with their dates")
def class_deadlines(request: HttpRequest, pk: int, given: list[DeadlineIn]) -> list[Any]:
    offering, person = taught_class(request, pk)
    wanted = {each.lab: (each.opens_at, each.due_at) for each in given}
    teaching.set_deadlines(offering=offering, deadlines=wanted, by=person, now=clock.now())
    return list(offering.deadlines.all())


@router.get("/classes/{int:pk}/students", response=list[StudentOut], summary="Who is in a class")
@paginate(PageNumberPagination, page_size=50)
def class_students(request: HttpRequest, pk: int, search: str = "") -> QuerySet[Enrolment]:
    offering, _ = seen_class(request, pk)
    return marks.students(offering, search=search.strip()).select_related("person")


@router.post("/classes/{int:pk}/students", response={201: StudentOut}, auth=MANAGE, summary="Add a student")
def class_enrol(request: HttpRequest, pk: int, given: StudentIn) -> Status[Enrolment]:
    offering, person = taught_class(request, pk)
    made = enrolments.enrol_by_email(
        offering=offering, email=given.email, student_number=given.student_number, by=person, now=clock.now()
    )
    return Status(201, made)


@router.post("/classes/{int:pk}/roster", response=RosterOut, auth=MANAGE, summary="Import a roster (CSV or XLSX)")
def class_roster(request: HttpRequest, pk: int, file: File[UploadedFile]) -> RosterRun:
    """All or nothing; `faults` name row, column and reason."""
    offering, person = taught_class(request, pk)
    return enrolments.import_roster(
        offering=offering, file_name=file.name or "", data=file.read(), by=person, now=clock.now()
    )


@router.delete("/classes/{int:pk}/students/{int:student}", response={204: None}, auth=MANAGE, summary="Take a student out")
def class_leaving(request: HttpRequest, pk: int, student: int, reason: str = "") -> Status[None]:
    offering, person = taught_class(request, pk)
    enrolments.leave(enrolment=enrolment_in(offering, student), reason=reason, by=person, now=clock.now())
    return Status(204, None)


@router.post(
    "/classes/{int:pk}/students/{int:student}/extensions", response={201: ExtensionIn}, auth=MANAGE,
    summary="One student's own deadline",
)
def class_extension(request: HttpRequest, pk: int, student: int, given: ExtensionIn) -> Status[Any]:
    offering, person = taught_class(request, pk)
    made = teaching.extend(
        enrolment=enrolment_in(offering, student), lab=given.lab, due_at=given.due_at, reason=given.reason, by=person,
        now=clock.now(),
    )
    return Status(201, made)


@router.get("/classes/{int:pk}/items", response=list[ItemOut], summary="The columns of the gradebook")
def class_items(request: HttpRequest, pk: int) -> list[Any]:
    offering, _ = seen_class(request, pk)
    return marks.items_of(offering)


@router.post("/classes/{int:pk}/items", response={201: ItemOut}, auth=MANAGE, summary="Add a column")
def class_add_item(request: HttpRequest, pk: int, given: ItemIn) -> Status[Any]:
    offering, person = taught_class(request, pk)
    made = grades.add_item(
        offering=offering, title=given.title, maximum=given.maximum, weight=given.weight, by=person, now=clock.now()
    )
    return Status(201, made)


@router.get("/classes/{int:pk}/marks", response=list[LineOfMarksOut], summary="The gradebook, page by page")
def class_marks(request: HttpRequest, pk: int, page: int = 1) -> list[LineOfMarksOut]:
    """A hundred students a page."""
    offering, _ = seen_class(request, pk)
    start = (min(max(page, 1), 10_000) - 1) * 100
    keys = list(marks.students(offering).values_list("pk", flat=True)[start : start + 100])
    return [
        LineOfMarksOut(
            student=line.enrolment.pk, name=line.enrolment.person.name, student_number=line.enrolment.student_number,
            percent=line.percent, marks={item.pk: points for item, points, _ in line.marks if points is not None},
        )
        for line in marks.lines(marks.items_of(offering), keys)
    ]


@router.put("/classes/{int:pk}/marks/{int:student}/{int:item}", response=MarkIn, auth=MANAGE, summary="Set a mark")
def class_mark(request: HttpRequest, pk: int, student: int, item: int, given: MarkIn) -> MarkIn:
    offering, person = taught_class(request, pk)
    grade = grades.set_grade(
        enrolment=enrolment_in(offering, student), item=get_object_or_404(offering.items, pk=item, retired_at=None),
        points=given.points, reason=given.reason, seen=given.seen, by=person, now=clock.now(),
    )
    return MarkIn(points=grade.points, reason=given.reason, seen=grade.changes)


@router.post("/classes/{int:pk}/compute", response={201: MinutesOut}, auth=MANAGE, summary="Move granted compute in")
def class_draw(request: HttpRequest, pk: int, given: DrawIn) -> Status[MinutesOut]:
    """`key` makes the call repeatable."""
    offering, person = taught_class(request, pk)
    award = next((award for award, _ in classes.awards_for(offering) if award.pk == given.award), None)
    if award is None:
        raise Http404
    compute.draw(offering=offering, award=award, minutes=given.minutes, by=person, now=clock.now(), key=given.key)
    return Status(201, _minutes(offering))


@router.put("/classes/{int:pk}/compute", response=MinutesOut, auth=MANAGE, summary="The rule for students' vouchers")
def class_rule(request: HttpRequest, pk: int, given: RuleIn) -> MinutesOut:
    offering, person = taught_class(request, pk)
    compute.set_rule(offering=offering, minutes=given.minutes, days=given.days, by=person, now=clock.now())
    return _minutes(offering)


def _minutes(offering: Offering) -> MinutesOut:
    held = classes.minutes_in([offering.account_code])
    return MinutesOut(minutes=held.get(offering.account_code, 0))
