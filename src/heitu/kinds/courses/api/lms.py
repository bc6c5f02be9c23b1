"""A class's learning platforms for programs: what is connected, the roster, marks on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Field, Router, Schema, Status

from heitu.ground.core import clock
from heitu.ground.lti.actions import scores
from heitu.ground.lti.models import Score
from heitu.kinds.courses.actions import rosters
from heitu.kinds.courses.models import RosterReading
from heitu.kinds.courses.queries import lms
from heitu.kinds.courses.views.shared import seen_class, taught_class
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
MOST = 1000


class LmsLinkOut(Schema):
    platform: str
    title: str
    lab: str
    sent: int
    waiting: int
    refused: int


class UnsentOut(Schema):
    id: int
    student: str
    given: float | None
    state: str
    tries: int
    problem: dict[str, Any] | None

    @staticmethod
    def resolve_student(score: Score) -> str:
        return score.account.person.name


class LmsOut(Schema):
    connected: list[str]
    links: list[LmsLinkOut]
    unsent: list[UnsentOut]


class RosterLinesOut(Schema):
    rows: int
    created: int
    changed: int
    left: int
    lines: list[dict[str, Any]]


class ReadingOut(Schema):
    """`state`: waiting, done (with its `result`) or failed (with its `problem`, and nothing changed)."""

    id: int
    state: str
    people: int
    tries: int
    next_try_at: datetime
    problem: dict[str, Any] | None
    result: RosterLinesOut | None = Field(alias="run")


class QueuedOut(Schema):
    queued: int


@router.get("/classes/{int:pk}/lms", response=LmsOut, summary="A class's learning platforms and marks on their way")
def class_lms(request: HttpRequest, pk: int) -> dict[str, Any]:
    """At most a thousand marks that have not arrived."""
    offering, _ = seen_class(request, pk)
    links = [
        LmsLinkOut(
            platform=each.link.context.platform.name, title=str(each.link), lab=each.lab,
            **{state: getattr(each, state) for state in ("sent", "waiting", "refused")},
        )
        for each in lms.links(offering)
    ]
    connected = [f"{each.context.platform.name} · {each.context}" for each in lms.connections(offering)]
    return {"connected": connected, "links": links, "unsent": list(lms.unsent(offering)[:MOST])}


@router.post("/classes/{int:pk}/lms/roster", response={202: ReadingOut}, auth=MANAGE, summary="Have the platform's members read")
def class_lms_roster(request: HttpRequest, pk: int) -> Status[RosterReading]:
    """Asked for twice, the list is read once; an LMS that doesn't answer is asked again by itself."""
    offering, person = taught_class(request, pk)
    return Status(202, rosters.ask(offering=offering, by=person, now=clock.now()))


@router.get("/classes/{int:pk}/lms/roster", response=ReadingOut, summary="How far the reading of the platform's members is")
def class_lms_reading(request: HttpRequest, pk: int) -> RosterReading:
    """The one under way, or the last one; 404 where there was none."""
    offering, _ = seen_class(request, pk)
    found = lms.latest_reading(offering)
    if found is None:
        raise Http404
    return found


@router.post("/classes/{int:pk}/lms/scores", response=QueuedOut, auth=MANAGE, summary="Send again what has not arrived")
def class_lms_scores(request: HttpRequest, pk: int) -> QueuedOut:
    offering, person = taught_class(request, pk)
    return QueuedOut(queued=scores.again(scores=lms.unsent(offering)[:MOST], by=person, now=clock.now()))
