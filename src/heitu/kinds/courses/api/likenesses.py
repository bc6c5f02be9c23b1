"""Notebooks that look alike, for programs."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest
from ninja import Router, Schema, Status

from heitu.ground.core import clock
from heitu.kinds.courses.actions import likenesses as actions
from heitu.kinds.courses.models import Comparison
from heitu.kinds.courses.queries import likenesses
from heitu.kinds.courses.views.shared import lab_of, seen_class, taught_class
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
DOOR = "/classes/{int:pk}/labs/{lab}/likenesses"


class PairOut(Schema):
    """Ids of two hand-ins; shares from 0 to 1: of both together, and of each one's own code in the other."""

    one: int
    other: int
    score: float
    one_in_other: float
    other_in_one: float


class ComparisonOut(Schema):
    """`done_at` null: still being compared. A likeness proves no copying: it says where to look."""

    done_at: datetime | None
    compared: int
    pairs: list[PairOut]


@router.post(DOOR, response={202: ComparisonOut}, auth=MANAGE, summary="Have a class's notebooks compared")
def likeness_ask(request: HttpRequest, pk: int, lab: str) -> Status[ComparisonOut]:
    offering, person = taught_class(request, pk)
    lab_of(offering, lab)
    return Status(202, _told(actions.ask(offering=offering, lab=lab, by=person, now=clock.now())))


@router.get(DOOR, response=ComparisonOut, summary="Which notebooks of a class look alike")
def likeness_list(request: HttpRequest, pk: int, lab: str) -> ComparisonOut:
    """As it was last compared; nothing before the first time."""
    offering, _ = seen_class(request, pk)
    lab_of(offering, lab)
    return _told(likenesses.latest(offering, lab))


def _told(found: Comparison | None) -> ComparisonOut:
    if found is None:
        return ComparisonOut(done_at=None, compared=0, pairs=[])
    names = list(PairOut.model_fields)
    pairs = [PairOut.model_validate(dict(zip(names, pair, strict=True))) for pair in found.pairs]
    return ComparisonOut(done_at=found.done_at, compared=found.compared, pairs=pairs)
