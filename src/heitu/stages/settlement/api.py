"""Funds and payouts for programs."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Router, Schema
from ninja.pagination import paginate
from ninja.security import django_auth

from heitu.ground.core.text import Text
from heitu.ground.people.enums import Scope
from heitu.ground.people.queries import person_of
from heitu.ground.people.tokens import TokenAuth
from heitu.stages.settlement import funds, queries
from heitu.stages.settlement.rules import can_see_funds

router = Router(tags=["settlement"], auth=[TokenAuth(Scope.READ), django_auth])


class FundOut(Schema):
    """Amounts in fen; `left + in_calls + in_projects + held + paid` is `endowed`."""

    code: str
    title: Text
    cap: int
    endowed: int
    left: int
    in_calls: int
    in_projects: int
    held: int
    paid: int


class PayoutOut(Schema):
    id: int
    application: int
    call: str
    team: str
    amount: int
    approvals: int
    approvals_needed: int
    proposed_at: datetime


@router.get("/funds", response=list[FundOut], summary="Where every fen is")
def listed(request: HttpRequest) -> list[FundOut]:
    _require_sight(request)
    known = funds.funds()
    return [
        FundOut(code=code, title=known[code][0].title, cap=known[code][0].cap, **asdict(total))
        for code, (total, _) in funds.everywhere(known).items()
    ]


@router.get("/payouts", response=list[PayoutOut], summary="Payments that wait for approval")
@paginate
def payouts(request: HttpRequest) -> list[PayoutOut]:
    _require_sight(request)
    return [
        PayoutOut(
            id=row.pk, application=row.milestone.award.application_id,
            call=row.milestone.award.application.call.number, team=row.milestone.award.application.team.name,
            amount=row.amount, approvals=len(row.approvals.all()), approvals_needed=row.approvals_needed,
            proposed_at=row.proposed_at,
        )
        for row in queries.waiting()
    ]


def _require_sight(request: HttpRequest) -> None:
    if not can_see_funds(person_of(request)):
        raise Http404
