"""Claiming a call, and writing the application until it is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from heitu.engines.lifecycle.definitions import State
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import attempt, signed_in, status_of
from heitu.stages.applications import actions, queries, rules
from heitu.stages.applications.forms import DeclarationsForm, TeamForm
from heitu.stages.applications.models import Application
from heitu.stages.calls.moving import try_move
from heitu.stages.calls.queries import why_not_open
from heitu.stages.calls.rules import visible_calls
from heitu.ui.forms import tell
from heitu.ui.schema_forms import answers, form_for


@login_required
def application_create(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    calls = visible_calls(person).select_related("case", "institution")
    call = get_object_or_404(calls, number=request.GET.get("call", ""))
    standing = queries.standing(person, call, most=0)
    form = TeamForm(request.POST or None, teams=standing.claimable)
    made = attempt(form, lambda: actions.start(
        call=call, team=form.cleaned_data["team"], by=person, now=clock.now()
    ))
    if made:
        return redirect("application_answers", made.pk)
    context = {
        "call": call, "form": form, "teams": standing.claimable, "own": standing.application,
        "why": why_not_open(call, clock.now()),
    }
    return render(request, "applications/create.html", context, status=status_of(form))


@login_required
def application_answers(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a draft, or hand it in; what can't be handed in yet is kept and shown with what is missing."""
    person = signed_in(request)
    application = get_object_or_404(queries.loaded(rules.editable_applications(person)), pk=pk)
    state = programme_of(application.case).state("case", application.case.state)
    if state.form is None or state.step != "submit":
        return _too_late(request, application, state) if request.method == "POST" else redirect(application)
    if request.method != "POST":
        return _show(request, application, *_saved(application, state))
    form, declared = _given(request, application, state)
    if not _keep(application, form, declared, person):
        return _show(request, application, form, declared, status=409)
    if "submit" not in request.POST:
        return redirect(application)
    return _submit(request, application, state, person)


def _saved(application: Application, state: State) -> tuple[forms.Form, DeclarationsForm]:
    """The forms with what was kept so far."""
    draft = form_for(_schema(application, state), draft=True)(initial=application.answers)
    ticked = {f"declares_{name}": on for name, on in application.declarations.items()}
    return draft, DeclarationsForm(initial=ticked)


def _given(request: HttpRequest, application: Application, state: State) -> tuple[forms.Form, DeclarationsForm]:
    return form_for(_schema(application, state), draft=True)(request.POST), DeclarationsForm(request.POST)


def _schema(application: Application, state: State) -> dict[str, Any]:
    assert state.form is not None
    return dict(programme_of(application.case).forms[state.form])


def _keep(application: Application, form: forms.Form, declared: DeclarationsForm, person: Person) -> bool:
    if not (form.is_valid() and declared.is_valid()):
        return False
    kept = attempt(form, lambda: actions.change_answers(
        application=application, answers=answers(form), declarations=declared.ticked(), by=person, now=clock.now()
    ))
    return kept is not None


def _too_late(request: HttpRequest, application: Application, state: State) -> HttpResponse:
    """The case went on while somebody was writing: say so, and leave what they wrote on the page to be copied."""
    programme = programme_of(application.case)
    first = programme.state("case", programme.machine("case").start)
    if first.form is None:
        return redirect(application)
    refused = refuse(
        "moved_on", f"申报已到“{state.title.zh}”，这里的修改没有保存；需要的内容请先复制。",
        f"The application has moved on to “{state.title.en}”. Your changes were not saved: copy what you need.",
    )
    form, declared = _given(request, application, first)
    return _show(request, application, form, declared, refused=refused, status=409, left=first)


def _submit(request: HttpRequest, application: Application, state: State, person: Person) -> HttpResponse:
    """The move that leaves the form's state; refused, the page says at each field what is missing."""
    failed = try_move(case=application.case, by=person, now=clock.now(), posted=request.POST)
    if failed is None:
        return redirect(application)
    whole = form_for(_schema(application, state))(request.POST)
    declared = DeclarationsForm(request.POST)
    for field, message in queries.problems(application):
        if field in declared.fields:
            tell(declared, Refused("declaration_missing", message, field=field))
    return _show(request, application, whole, declared, refused=failed.refused, status=409)


def _show(
    request: HttpRequest, application: Application, form: forms.Form, declared: DeclarationsForm,
    refused: Refused | None = None, status: int = 200, left: State | None = None,
) -> HttpResponse:
    """The page; `left` is the state whose form it was, when the case has gone on and nothing can be saved any more."""
    programme = programme_of(application.case)
    state = left or programme.state("case", application.case.state)
    _mark_needed(form, _schema(application, state).get("required", ()))
    _mark_needed(declared, declared.fields)
    submit = next((name for name, event in state.on.items() if event.tone == "primary"), "")
    context = {
        "application": application, "call": application.call, "programme": programme, "state": state, "form": form,
        "declared": declared, "refused": refused, "event": submit,
        "is_late": left is not None,
        "event_title": state.on[submit].title if submit else "",
        "key": f"submit:{application.pk}:{application.case.moves}",
    }
    return render(request, "applications/answers.html", context, status=status)


def _mark_needed(form: forms.Form, names: Iterable[str]) -> None:
    """A draft may leave everything out, but the page says what will be needed; after validation, for show only."""
    for name in names:
        form.fields[name].required = True
