"""Judging anew, for programs: asked for, compared, and decided, by whoever may do so on the version's page."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.http import Http404, HttpRequest
from ninja import Router, Schema, Status
from ninja.security import django_auth

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.models import Person
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.deliverables.enums import Decision
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.judging.holdups import words_anew
from heitu.stages.deliverables.models import Rejudgement, Verdict
from heitu.stages.deliverables.views.rejudging import allowed

router = Router(tags=["deliverables"], auth=[TokenAuth(Scope.READ), django_auth])
MANAGE: list[Any] = [TokenAuth(Scope.MANAGE), django_auth]


class FoundOut(Schema):
    """A verdict in short; `measure` is a model's, `speedup` an operator's, each with its 95 % interval."""

    verdict: str
    score: float | None
    speedup: float | None
    speedup_low: float | None
    speedup_high: float | None
    measure: float | None
    measure_low: float | None
    measure_high: float | None
    judged_at: datetime


class RemarkOut(Schema):
    """One thing that was compared; `holds` is null where it is only worth knowing."""

    name: str
    holds: bool | None
    text: Text


class RejudgementOut(Schema):
    """`judging` is of the judging anew, `decision` empty until somebody has decided; `held_up` says why it waits for us."""

    id: int
    deliverable: int
    reason: str
    asked_by: str
    asked_at: datetime
    judging: str
    held_up: Text | None
    decision: str
    decided_by: str | None
    decided_at: datetime | None


class ComparedOut(RejudgementOut):
    """With the verdict `in_force` now, the `shadow`, and what is alike and otherwise as long as nobody has decided."""

    in_force: FoundOut | None
    shadow: FoundOut | None
    remarks: list[RemarkOut]


class AskIn(Schema):
    reason: str


class DecisionIn(Schema):
    decision: Literal["promoted", "dismissed"]


@router.post(
    "/deliverables/{int:pk}/rejudgements", response={201: RejudgementOut, 202: None}, auth=MANAGE,
    summary="Ask for a judging anew",
)
def ask(request: HttpRequest, pk: int, body: AskIn) -> Status[RejudgementOut] | Status[None]:
    """202, and nothing to decide, where the judge had failed on the version: it is queued as new."""
    deliverable, person = allowed(request, pk)
    made = rejudging.ask(deliverable=deliverable, reason=body.reason, by=person, now=now())
    return Status(201, RejudgementOut(**_out(made))) if made else Status(202, None)


@router.get("/deliverables/{int:pk}/rejudgements", response=list[RejudgementOut], summary="A version's judgings anew, newest first")
def of_version(request: HttpRequest, pk: int) -> list[RejudgementOut]:
    deliverable, _ = allowed(request, pk)
    rows = deliverable.rejudgements.select_related("asked_by", "decided_by")
    return [RejudgementOut(**_out(row)) for row in rows]


@router.get("/rejudgements/{int:pk}", response=ComparedOut, summary="A judging anew beside the verdict in force")
def detail(request: HttpRequest, pk: int) -> ComparedOut:
    return _compared(_row(request, pk)[0])


@router.post("/rejudgements/{int:pk}/decision", response=ComparedOut, auth=MANAGE, summary="Put the new verdict in force, or not")
def decide(request: HttpRequest, pk: int, body: DecisionIn) -> ComparedOut:
    """`promoted` puts it in force and tells the team; `dismissed` leaves it aside, or cancels what isn't judged yet."""
    row, person = _row(request, pk)
    rejudging.decide(rejudgement=row, decision=Decision(body.decision), by=person, now=now())
    return _compared(_row(request, pk)[0])


def _row(request: HttpRequest, pk: int) -> tuple[Rejudgement, Person]:
    row = Rejudgement.objects.select_related("asked_by", "decided_by", "shadow").filter(pk=pk).first()
    if row is None:
        raise Http404
    row.deliverable, person = allowed(request, row.deliverable_id)
    return row, person


def _out(row: Rejudgement) -> dict[str, Any]:
    return {
        "id": row.pk, "deliverable": row.deliverable_id, "reason": row.reason, "asked_by": row.asked_by.name,
        "asked_at": row.asked_at, "judging": row.judging, "held_up": words_anew(row), "decision": row.decision,
        "decided_by": row.decided_by.name if row.decided_by else None, "decided_at": row.decided_at,
    }


def _compared(row: Rejudgement) -> ComparedOut:
    verdict = Verdict.objects.filter(deliverable=row.deliverable_id).first()
    remarks = [
        RemarkOut(name=each.name, holds=each.holds, text=Text(zh=each.zh, en=each.en)) for each in rejudging.compared(row, verdict)
    ]
    return ComparedOut(in_force=_found(verdict), shadow=_found(row.shadow), remarks=remarks, **_out(row))


def _found(verdict: Verdict | None) -> FoundOut | None:
    if verdict is None:
        return None
    names = [name for name in FoundOut.model_fields if name != "verdict"]
    return FoundOut(verdict=verdict.code, **{name: getattr(verdict, name) for name in names})
