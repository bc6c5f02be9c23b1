"""A class's learning platforms for programs: what is connected, the roster, marks on their way."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from heitu.ground.core import clock
from heitu.ground.lti.actions import scores
from heitu.ground.lti.models import Score
from heitu.kinds.courses.actions import lms as actions
from heitu.kinds.courses.models import RosterRun
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


@router.post("/classes/{int:pk}/lms/roster", response=RosterLinesOut, auth=MANAGE, summary="Read the platform's list of members")
def class_lms_roster(request: HttpRequest, pk: int) -> RosterRun:
    offering, person = taught_class(request, pk)
    return actions.sync(offering=offering, by=person, now=clock.now())


@router.post("/classes/{int:pk}/lms/scores", response=QueuedOut, auth=MANAGE, summary="Send again what has not arrived")
def class_lms_scores(request: HttpRequest, pk: int) -> QueuedOut:
    offering, person = taught_class(request, pk)
    return QueuedOut(queued=scores.again(scores=lms.unsent(offering)[:MOST], by=person, now=clock.now()))
