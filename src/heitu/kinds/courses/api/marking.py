"""Marking by hand for programs: the answers of a class, without names, and the rubric."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status

from heitu.ground.core import clock
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import marking as actions
from heitu.kinds.courses.models import LabSubmission, Offering, RubricItem
from heitu.kinds.courses.queries import marking
from heitu.kinds.courses.views.shared import handed_in, lab_of, taught_class
from heitu.stages.calls.api import MANAGE, READ

router = Router(tags=["classes"], auth=READ)
LAB = "/classes/{int:pk}/labs/{lab}"


class AnswerLine(Schema):
    answer: int
    waits: bool


class ItemSaid(Schema):
    """`confirmed`: marks that used the item may change with its points."""

    text: Text
    points: Decimal
    cell: str = ""
    confirmed: bool = False


class ItemTold(Schema):
    id: int
    cell: str
    text: Text
    points: Decimal


class AskedOut(Schema):
    """A question: what was written, what it has so far, and which of the rubric's items."""

    id: str
    maximum: float
    source: str
    earned: float | None
    ticked: list[int]


class AnswerOut(Schema):
    answer: int
    seen: int
    comment: str
    questions: list[AskedOut]


class MarkedIn(Schema):
    """Points for each question, or null for what the ticked items come to; `seen` as it was told."""

    points: dict[str, float | None]
    ticked: dict[str, list[int]] = {}
    comment: str = ""
    seen: int | None = None


@router.get(f"{LAB}/answers", response=list[AnswerLine], summary="Answers that a person marks, without names")
def answer_list(request: HttpRequest, pk: int, lab: str) -> list[AnswerLine]:
    offering, _ = taught_class(request, pk)
    return [AnswerLine(answer=key, waits=waits) for key, waits in marking.pile(offering, lab).answers]


@router.get(f"{LAB}/answers/{{int:answer}}", response=AnswerOut, summary="One answer")
def answer_detail(request: HttpRequest, pk: int, lab: str, answer: int) -> AnswerOut:
    offering, _ = taught_class(request, pk)
    return _told(_answer(offering, lab, answer))


@router.put(f"{LAB}/answers/{{int:answer}}", response=AnswerOut, auth=MANAGE, summary="Mark an answer")
def answer_mark(request: HttpRequest, pk: int, lab: str, answer: int, given: MarkedIn) -> AnswerOut:
    offering, person = taught_class(request, pk)
    made = _answer(offering, lab, answer)
    actions.mark(
        submission=made, points=given.points, ticked=given.ticked, comment=given.comment, seen=given.seen, by=person, now=clock.now()
    )
    return _told(made)


@router.get(f"{LAB}/rubric", response=list[ItemTold], summary="What answers win and lose points for")
def rubric_items(request: HttpRequest, pk: int, lab: str) -> list[RubricItem]:
    offering, _ = taught_class(request, pk)
    return list(marking.items_of(offering, lab))


@router.post(f"{LAB}/rubric", response={201: ItemTold}, auth=MANAGE, summary="Add an item to the rubric")
def rubric_add(request: HttpRequest, pk: int, lab: str, given: ItemSaid) -> Status[RubricItem]:
    offering, person = taught_class(request, pk)
    lab_of(offering, lab)
    if given.cell not in [cell for cell, _ in marking.manual_cells(offering, lab)]:
        raise refuse("cell_unknown", "没有这道由教师评分的题。", "No such question is marked by hand.", field="cell")
    made = actions.add_item(
        offering=offering, lab=lab, cell=given.cell, text=given.text, points=given.points, by=person, now=clock.now()
    )
    return Status(201, made)


@router.put(f"{LAB}/rubric/{{int:item}}", response=ItemTold, auth=MANAGE, summary="Change an item, and the marks that used it")
def rubric_edit(request: HttpRequest, pk: int, lab: str, item: int, given: ItemSaid) -> RubricItem:
    offering, person = taught_class(request, pk)
    found = _item(offering, lab, item)
    actions.edit_item(
        item=found, text=given.text, points=given.points, confirmed=given.confirmed, by=person, now=clock.now()
    )
    found.refresh_from_db()
    return found


@router.delete(f"{LAB}/rubric/{{int:item}}", response={204: None}, auth=MANAGE, summary="No longer offer an item")
def rubric_retire(request: HttpRequest, pk: int, lab: str, item: int) -> Status[None]:
    offering, person = taught_class(request, pk)
    actions.retire_item(item=_item(offering, lab, item), by=person, now=clock.now())
    return Status(204, None)


def _item(offering: Offering, lab: str, pk: int) -> RubricItem:
    found: RubricItem = get_object_or_404(offering.rubric_items, lab=lab, pk=pk, retired_at__isnull=True)
    return found


def _answer(offering: Offering, lab: str, pk: int) -> LabSubmission:
    found: LabSubmission = get_object_or_404(handed_in(offering, lab).select_related("enrolment"), pk=pk)
    found.enrolment.offering = offering
    return found


def _told(made: LabSubmission) -> AnswerOut:
    answer = marking.answer_in(made)
    return AnswerOut(answer=made.pk, seen=answer.seen, comment=answer.comment, questions=[
        AskedOut(id=each.id, maximum=each.maximum, source=each.source, earned=each.earned, ticked=sorted(each.ticked))
        for each in answer.questions
    ])
