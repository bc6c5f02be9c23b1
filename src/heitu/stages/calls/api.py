"""Calls for programs: the same rules, queries and actions as the pages. Amounts are whole fen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate
from ninja.security import django_auth
from pydantic import AwareDatetime, Field

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.queries import choices, current_version, programme_of
from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.enums import Role, Scope
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.queries import person_of, persons_with_role
from heitu.ground.people.tokens import TokenAuth
from heitu.ground.people.views.shared import signed_in
from heitu.stages.calls import actions, queries, rules
from heitu.stages.calls.models import Call
from heitu.stages.calls.terms import Terms


def visitor(request: HttpRequest) -> str | None:
    """Anybody may read what is public; a token that doesn't fit is still turned away."""
    return None if "Authorization" in request.headers else "visitor"


READ: list[Any] = [TokenAuth(Scope.READ), django_auth]
MANAGE: list[Any] = [TokenAuth(Scope.MANAGE), django_auth]
router = Router(tags=["calls"], auth=[*READ, visitor])


class CaseOut(Schema):
    """Where a case stands. `moves` is what `expected_moves` is compared with."""

    state: str
    title: Text
    outcome: str
    since: datetime
    due_at: datetime | None
    moves: int


class CallOut(Schema):
    number: str
    programme: str
    title: Text
    summary: Text
    statement: Text
    kind: str
    task: str
    institution: str
    owner: str
    prize: int
    seats: int
    claims: int
    opens_at: datetime
    closes_at: datetime
    delivery_days: int
    licence: str
    skills: list[str]
    announced_at: datetime | None
    case: CaseOut

    @staticmethod
    def resolve_institution(call: Call) -> str:
        return call.institution.slug

    @staticmethod
    def resolve_owner(call: Call) -> str:
        return call.owner.name

    @staticmethod
    def resolve_case(call: Call) -> CaseOut:
        return case_out(call.case)


class TermsIn(Schema):
    """`prize` in fen; moments with their zone."""

    institution: str
    title: Text
    summary: Text = Text()
    statement: Text = Text()
    task: str = ""
    prize: int = Field(ge=0)
    seats: int
    opens_at: AwareDatetime
    closes_at: AwareDatetime
    delivery_days: int
    licence: str
    skills: list[str] = []

    def terms(self) -> Terms:
        given = {name: getattr(self, name) for name in Terms.__dataclass_fields__}
        return Terms(**(given | {"skills": tuple(self.skills)}))


class OwnerIn(Schema):
    email: str


class CallIn(TermsIn):
    programme: str


class ChoiceOut(Schema):
    """`yours`: the role is; `allowed`: and nothing stands in the way; `form`: the JSON Schema that `data` must fit."""

    event: str
    title: Text
    yours: bool
    allowed: bool
    why: Text | None
    reason: str
    form: dict[str, Any] | None


class MoveIn(Schema):
    """`key` makes the call repeatable; `expected_moves` refuses it when the case has moved since."""

    event: str
    reason: str = ""
    data: dict[str, Any] = {}
    key: str | None = None
    expected_moves: int | None = None


class MoveOut(Schema):
    number: int
    event: str
    from_state: str
    to_state: str
    at: datetime


@router.get("/calls", response=list[CallOut], summary="Calls that you may see")
@paginate(PageNumberPagination, page_size=25)
def call_list(
    request: HttpRequest, search: str = "", programme: str = "", state: str = "", kind: str = "", skill: str = "",
    institution: str = "", sort: str = "", open: bool = False,
) -> QuerySet[Call]:
    """`open=true` leaves only the calls that can be claimed now, soonest closing first."""
    asked = queries.Listing(
        search=search, programme=programme, state=state, kind=kind, skill=skill, institution=institution, sort=sort
    )
    listed = queries.whole(queries.listed(rules.visible_calls(person_of(request)), asked))
    return queries.closing_after(listed, clock.now()) if open else listed


@router.post("/calls", response={201: CallOut}, auth=MANAGE, summary="Draft a call")
def create_call(request: HttpRequest, given: CallIn) -> Status[Call]:
    person = signed_in(request)
    if not rules.can_create_call(person):
        raise Http404
    made = actions.create_call(
        definition=current_version(given.programme), terms=given.terms(), owner=person,
        institution=get_object_or_404(Institution, slug=given.institution), by=person, now=clock.now(),
    )
    return Status(201, _visible(person, made.number))


@router.get("/calls/{number}", response=CallOut, summary="One call")
def call_detail(request: HttpRequest, number: str) -> Call:
    return _visible(person_of(request), number)


@router.put("/calls/{number}", response=CallOut, auth=MANAGE, summary="Change a draft")
def edit_call(request: HttpRequest, number: str, given: TermsIn) -> Call:
    person = signed_in(request)
    call = get_object_or_404(rules.editable_calls(person).select_related("case", "owner"), number=number)
    actions.edit_call(
        call=call, terms=given.terms(), owner=call.owner,
        institution=get_object_or_404(Institution, slug=given.institution), by=person, now=clock.now(),
    )
    return _visible(person, number)


@router.post("/calls/{number}/owner", response=CallOut, auth=MANAGE, summary="Hand a call over")
def hand_over_call(request: HttpRequest, number: str, given: OwnerIn) -> Call:
    person = signed_in(request)
    if not rules.can_hand_over(person):
        raise Http404
    call = _visible(person, number)
    owner = get_object_or_404(persons_with_role(Role.OWNER, call.institution), email=given.email.lower())
    actions.hand_over(call=call, owner=owner, by=person, now=clock.now())
    return _visible(person, number)


@router.get("/calls/{number}/choices", response=list[ChoiceOut], auth=READ, summary="What may be done with it now")
def call_choices(request: HttpRequest, number: str) -> list[ChoiceOut]:
    person = signed_in(request)
    return choices_out(_visible(person, number).case, person)


@router.post("/calls/{number}/moves", response={201: MoveOut}, auth=MANAGE, summary="Move a call")
def move_call(request: HttpRequest, number: str, given: MoveIn) -> Status[Transition]:
    person = signed_in(request)
    return Status(201, make_move(_visible(person, number).case, person, given))


def case_out(case: Case) -> CaseOut:
    return CaseOut(
        state=case.state, title=programme_of(case).state(case.machine, case.state).title, outcome=case.outcome,
        since=case.entered_at, due_at=case.due_at, moves=case.moves,
    )


def choices_out(case: Case, person: Person) -> list[ChoiceOut]:
    forms = programme_of(case).forms
    return [
        ChoiceOut(
            event=each.event, title=each.title, yours=each.yours, allowed=each.allowed, why=each.why,
            reason=each.reason, form=dict(forms[each.form]) if each.form else None,
        )
        for each in choices(case, by=person, now=clock.now())
    ]


def make_move(case: Case, person: Person, given: MoveIn) -> Transition:
    return move(
        case=case, event=given.event, by=person, now=clock.now(), reason=given.reason, data=given.data,
        key=given.key, expected_moves=given.expected_moves,
    )


def _visible(person: Person | None, number: str) -> Call:
    calls = rules.visible_calls(person).select_related("case", "institution", "owner")
    return get_object_or_404(queries.counted(calls), number=number)
