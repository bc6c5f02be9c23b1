"""Writing a call: choose the programme, then its terms."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.ground.people.queries import acting_institution
from heitu.ground.people.rules import is_officer
from heitu.ground.people.views.shared import attempt, signed_in, status_of
from heitu.stages.calls import actions, rules
from heitu.stages.calls.forms import CallForm, initial_of
from heitu.stages.calls.queries.programmes import current_programmes


@login_required
def call_create(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if not rules.can_create_call(person):
        raise Http404
    slug = request.GET.get("programme", "")
    if not slug:
        return render(request, "calls/choose_programme.html", {"programmes": current_programmes()})
    definition = get_object_or_404(DefinitionVersion, programme=slug, is_current=True)
    programme = programme_in(definition)
    initial = {"seats": programme.rules.seats, "delivery_days": 60, "institution": acting_institution(request)}
    form = _form(request, programme, person, initial | {"skills": list(programme.skills), "key": secrets.token_hex(16)})
    made = attempt(form, lambda: actions.create_call(
        definition=definition, terms=form.terms(), owner=form.cleaned_data.get("owner") or person,
        institution=form.cleaned_data["institution"], by=person, now=clock.now(), key=_key(form, person),
    ))
    if made:
        return redirect(made)
    return render(request, "calls/form.html", {"form": form, "programme": programme}, status=status_of(form))


@login_required
def call_edit(request: HttpRequest, number: str) -> HttpResponse:
    person = signed_in(request)
    calls = rules.editable_calls(person).select_related("case", "institution", "owner")
    call = get_object_or_404(calls, number=number)
    programme = programme_of(call.case)
    form = _form(request, programme, person, initial_of(call))
    done = attempt(form, lambda: actions.edit_call(
        call=call, terms=form.terms(), owner=form.cleaned_data.get("owner") or call.owner,
        institution=form.cleaned_data["institution"], by=person, now=clock.now(),
    ))
    if done:
        return redirect(call)
    context = {"form": form, "programme": programme, "call": call}
    return render(request, "calls/form.html", context, status=status_of(form))


def _key(form: CallForm, person: Person) -> str | None:
    """What tells a form that is sent twice from two forms; one's own, so that nobody is led to another's call."""
    key = form.cleaned_data["key"]
    return hashlib.sha256(f"{person.pk}:{key}".encode()).hexdigest()[:40] if key else None


def _form(request: HttpRequest, programme: Programme, person: Person, initial: dict[str, Any]) -> CallForm:
    return CallForm(
        request.POST or None, initial=initial, programme=programme, institutions=rules.institutions_for_calls(person),
        may_name_owner=is_officer(person),
    )
