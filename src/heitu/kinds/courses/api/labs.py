"""Labs for programs: handing a notebook in, and what came of it."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile

from heitu.ground.core import clock
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses.actions import labs as actions
from heitu.kinds.courses.api.schemas import HandedIn, QuestionOut
from heitu.kinds.courses.models import LabSubmission
from heitu.kinds.courses.queries import labs
from heitu.kinds.courses.views.shared import lab_of, own_place, seen_offering, submission_of
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
LAB = "/classes/{int:pk}/labs/{lab}"


@router.post(f"{LAB}/submissions", response={201: HandedIn}, auth=MANAGE, summary="Hand a lab in")
def lab_hand_in(request: HttpRequest, pk: int, lab: str, notebook: File[UploadedFile]) -> Status[HandedIn]:
    """The same notebook again answers the submission that is there."""
    person, offering = signed_in(request), seen_offering(request, pk)
    lab_of(offering, lab)
    made = actions.submit(
        enrolment=own_place(offering, person), lab=lab, data=notebook.read(), by=person, now=clock.now()
    )
    return Status(201, _told(made))


@router.get(f"{LAB}/submissions/{{int:number}}", response=HandedIn, summary="What came of a lab")
def lab_submission(request: HttpRequest, pk: int, lab: str, number: int) -> HandedIn:
    """`number` is the submission's id. Ask again while `grading` is queued or running."""
    return _told(submission_of(request, pk, lab, number))


def _told(made: LabSubmission) -> HandedIn:
    shown = labs.shown(made)
    place = shown.place
    return HandedIn(
        id=made.pk, number=made.number, grading=made.grading, days_late=made.days_late, submitted_at=made.submitted_at,
        ahead=place.ahead if place else None, waits_for=(place.lacking or None) if place else None,
        held_up=place.words if place and place.held_by else None, earned=shown.earned,
        maximum=shown.maximum,
        questions=[QuestionOut.model_validate(each, from_attributes=True) for each in shown.questions],
    )
