"""The case page, composed from what every stage brings, and the moves that are made on it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.engines.lifecycle.definitions import SYSTEM
from heitu.engines.lifecycle.queries import programme_of, track
from heitu.engines.lifecycle.registry import roles
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_auditor
from heitu.ground.people.views.shared import signed_in
from heitu.stages.applications import queries, rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.words import sentence_for
from heitu.stages.calls.moving import Attempt, hands, try_move
from heitu.ui.panels import View, next_step_for, panels_for


@login_required
@require_safe
def application_detail(request: HttpRequest, pk: int) -> HttpResponse:
    person = signed_in(request)
    return render(request, "applications/detail.html", about(find(person, pk), person))


@login_required
@require_POST
def move_application(request: HttpRequest, pk: int) -> HttpResponse:
    """Any event of the case; whatever was typed stays on the page when it is refused."""
    person = signed_in(request)
    application = find(person, pk)
    attempt = try_move(case=application.case, by=person, now=clock.now(), posted=request.POST)
    if attempt is None:
        return redirect(application)
    return render(request, "applications/detail.html", about(find(person, pk), person, attempt), status=409)


def find(person: Person, pk: int) -> Application:
    """By the predicate, not the scope: what it asks of the application is on the page anyway."""
    application = queries.case_file.first(pk=pk)
    if application is None or not rules.can_see_application(person, application):
        raise Http404
    return application


def about(
    application: Application, person: Person, attempt: Attempt | None = None, *, refused: Any = None
) -> dict[str, Any]:
    """What the page shows to this person; `refused` is a form of one of the panels, to be shown again."""
    now, programme = clock.now(), programme_of(application.case)
    held = roles_of(application, person)
    state = programme.state("case", application.case.state)
    view = View(subject=application, viewer=person, now=now, roles=held, refused=refused)
    return {
        "shown": queries.blinded(application, person), "call": application.call, "case": application.case,
        "programme": programme, "state": state, "now": now, "stops": track(application.case, moves=application.moves),
        "hands": hands(application.case, by=person, roles=held, now=now, attempt=attempt), "attempt": attempt,
        "step": next_step_for(view), "sentence": sentence_for(state), "panels": panels_for(view),
    }


def roles_of(application: Application, person: Person) -> frozenset[str]:
    """Every role of definitions that the person holds for this case, and "auditor"."""
    held = {name for name, role in roles().items() if name != SYSTEM and role.test(application.case, person)}
    return frozenset(held | ({"auditor"} if is_auditor(person) else set()))
