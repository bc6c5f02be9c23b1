"""The page of one call, and the moves that are made on it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from heitu.engines.lifecycle.models import Transition
from heitu.engines.lifecycle.queries import moves_of, programme_of, track
from heitu.ground.core import clock
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text, language_of
from heitu.ground.people import rules as people
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.ground.people.views.shared import signed_in
from heitu.stages.calls import actions, queries, rules, statement
from heitu.stages.calls.forms import OwnerForm
from heitu.stages.calls.models import Call
from heitu.stages.calls.moving import Attempt, hands, try_move
from heitu.stages.calls.queries import packs
from heitu.stages.calls.words import sentence_for
from heitu.ui.panels import View, next_step_for, panels_for


@require_safe
def call_detail(request: HttpRequest, number: str) -> HttpResponse:
    call = _find(person_of(request), number)
    return render(request, "calls/detail.html", about(call, person_of(request)))


@login_required
@require_POST
def move_call(request: HttpRequest, number: str) -> HttpResponse:
    person = signed_in(request)
    call = _find(person, number)
    attempt = try_move(case=call.case, by=person, now=clock.now(), posted=request.POST)
    if attempt is None:
        return redirect(call)
    call = _find(person, number)
    return render(request, "calls/detail.html", about(call, person, attempt), status=409)


@login_required
@require_POST
def hand_over_call(request: HttpRequest, number: str) -> HttpResponse:
    """By the office, when a task owner left or is away."""
    person = signed_in(request)
    if not rules.can_hand_over(person):
        raise Http404
    call = _find(person, number)
    form = OwnerForm(request.POST, call=call)
    if not form.is_valid():
        raise refuse(
            "not_task_owner", "请选择该机构的另一位出题人；没有别人时，先在机构的成员页加一位。",
            "Choose another of the institution's task owners. If there is none, add one on its members' page first.",
            field="owner",
        )
    actions.hand_over(call=call, owner=form.cleaned_data["owner"], by=person, now=clock.now())
    return redirect(call)


def _find(person: Person | None, number: str) -> Call:
    call = queries.call_numbered.first(number=number)
    if call is None or not rules.can_see_call(person, call):
        raise Http404
    return call


def about(call: Call, person: Person | None, attempt: Attempt | None = None) -> dict[str, Any]:
    """What the page shows to this person."""
    now, programme, roles = clock.now(), programme_of(call.case), roles_of(call, person)
    moves = moves_of(case=call.case_id)
    view = View(subject=call, viewer=person, now=now, roles=roles)
    state = programme.state("call", call.case.state)
    can_edit = rules.can_edit_call(person, call) and call.case.state == programme.machine("call").start
    return {
        "call": call, "programme": programme, "state": state, "now": now, "stops": track(call.case, moves=moves),
        "hands": hands(call.case, by=person, roles=roles, now=now, attempt=attempt), "attempt": attempt,
        "sentence": sentence_for(state), "is_insider": bool(roles), "can_edit": can_edit,
        "task": packs.task(call.programme, call.task) if call.task else None,
        "skills": list(packs.skill_titles(call.programme, call.skills).values()),
        "statement": _statement(call.statement), "panels": panels_for(view, page="call"),
        "owner_form": OwnerForm(call=call) if rules.can_hand_over(person) and not call.case.outcome else None,
        "step": next_step_for(view, page="call"), "story": _story(call, moves) if roles else [],
    }


def _story(call: Call, moves: list[Transition]) -> list[tuple[Transition, Text]]:
    """The moves, newest first, each with its title."""
    machine = programme_of(call.case).machine("call")
    events = [(move, machine.states[move.from_state].on[move.event]) for move in reversed(moves)]
    return [(move, event.title or machine.states[move.to_state].title) for move, event in events]


def roles_of(call: Call, person: Person | None) -> frozenset[str]:
    """What the person is to this call."""
    held = {
        "owner": rules.acts_as_owner(person, call), "officer": people.is_officer(person),
        "finance": people.is_finance(person), "auditor": people.is_auditor(person),
    }
    return frozenset(name for name, holds in held.items() if holds)


def _statement(text: Text) -> dict[str, str]:
    """The statement as HTML, and the language that it is really in."""
    language = language_of(get_language())
    shown = text.language_shown(language)
    return {"html": statement.render(text.in_(language)), "lang": "zh-Hans" if shown == "zh" else "en"}
