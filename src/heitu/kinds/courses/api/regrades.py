"""Mended tests for programs: try them on a class, compare, apply or discard."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import File, Form, Router, Schema, Status
from ninja.files import UploadedFile

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import regrades as actions
from heitu.kinds.courses.models import Offering, Revision
from heitu.kinds.courses.queries import regrades
from heitu.kinds.courses.views.shared import lab_of, seen_class, taught_class
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
DOOR = "/classes/{int:pk}/labs/{lab}/regrades"
ONE = DOOR + "/{int:number}"


class ChangeOut(Schema):
    """One student: the mark before and after, and what becomes of it."""

    student: int
    before: Decimal | None
    after: Decimal | None
    outcome: str
    questions: dict[str, tuple[float | None, float | None]]


class RegradeOut(Schema):
    """`changes` is empty until all is graded; `held_up` says what of ours keeps it from being.

    `faulty`: questions whose tests the notebook's own solution fails."""

    number: int
    state: str
    done: int
    total: int
    held_up: Text | None
    changes: list[ChangeOut]
    faulty: list[str]


class AppliedOut(Schema):
    changed: int


@router.post(DOOR, response={201: RegradeOut}, auth=MANAGE, summary="Grade a class again by mended tests")
def regrade_begin(
    request: HttpRequest, pk: int, lab: str, notebook: File[UploadedFile], reason: Form[str]
) -> Status[RegradeOut]:
    """Nobody's mark moves until it is applied. `details.faults` lists every fault of a notebook that is refused."""
    offering, person = taught_class(request, pk)
    lab_of(offering, lab)
    made = actions.upload(offering=offering, lab=lab, data=notebook.read(), reason=reason, by=person, now=clock.now())
    return Status(201, _told(made))


@router.post(DOOR + "/from/{version}", response={201: RegradeOut}, auth=MANAGE, summary="Grade a class again by a newer version")
def regrade_take_over(request: HttpRequest, pk: int, lab: str, version: str) -> Status[RegradeOut]:
    offering, person = taught_class(request, pk)
    lab_of(offering, lab)
    newer = get_object_or_404(offering.version.course.versions, version=version)
    made = actions.take_over(offering=offering, lab=lab, version=newer, by=person, now=clock.now())
    return Status(201, _told(made))


@router.get(ONE, response=RegradeOut, summary="What mended tests would change")
def regrade_detail(request: HttpRequest, pk: int, lab: str, number: int) -> RegradeOut:
    offering, _ = seen_class(request, pk)
    return _told(_revision(offering, lab, number))


@router.post(ONE + "/refresh", response=RegradeOut, auth=MANAGE, summary="Take in what has moved since")
def regrade_refresh(request: HttpRequest, pk: int, lab: str, number: int) -> RegradeOut:
    offering, person = taught_class(request, pk)
    return _told(actions.refresh(revision=_revision(offering, lab, number), by=person, now=clock.now()))


@router.post(ONE + "/application", response=AppliedOut, auth=MANAGE, summary="Let mended tests hold")
def regrade_apply(request: HttpRequest, pk: int, lab: str, number: int) -> AppliedOut:
    """Answers how many marks changed. Refused as `stale` where notebooks or marks have moved, `tests_faulty` as `faulty` says."""
    offering, person = taught_class(request, pk)
    return AppliedOut(changed=actions.apply(revision=_revision(offering, lab, number), by=person, now=clock.now()))


@router.delete(ONE, response={204: None}, auth=MANAGE, summary="Give mended tests up")
def regrade_discard(request: HttpRequest, pk: int, lab: str, number: int) -> Status[None]:
    offering, person = taught_class(request, pk)
    actions.discard(revision=_revision(offering, lab, number), by=person, now=clock.now())
    return Status(204, None)


def _revision(offering: Offering, lab: str, number: int) -> Revision:
    found: Revision = get_object_or_404(offering.revisions, lab=lab, number=number)
    found.offering = offering
    return found


def _told(revision: Revision) -> RegradeOut:
    state = regrades.progress(revision)
    found = regrades.changes(revision) if not state.is_running else []
    changes = [
        ChangeOut(
            student=each.enrolment.pk, before=each.before, after=each.after, outcome=each.outcome,
            questions={cell.id: (cell.before, cell.after) for cell in each.cells},
        )
        for each in found
    ]
    return RegradeOut(
        number=revision.number, state=revision.trial, done=state.done, total=state.total, held_up=state.held_up, changes=changes,
        faulty=regrades.faulty_tests(found),
    )
