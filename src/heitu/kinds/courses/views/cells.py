"""A lab solved in the page: its cells, the notebook to take away, and handing it in as it stands."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from heitu.engines.grading.reading import written
from heitu.engines.grading.showing import shown as outputs_shown
from heitu.ground.core import clock
from heitu.ground.core.text import Language, language_of
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import signed_in
from heitu.kinds.courses import pages
from heitu.kinds.courses.actions import drafts as actions
from heitu.kinds.courses.models import Enrolment, LabCopy, LabDraft
from heitu.kinds.courses.pack.cells import Shown, shown
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries import classes, labs, sessions
from heitu.kinds.courses.queries.drafts import draft_of, released, with_outputs
from heitu.kinds.courses.views.shared import lab_of, own_place, seen_offering
from heitu.kinds.courses.views.words import CELLS

NOTEBOOK = "application/x-ipynb+json"


@login_required
@require_safe
def lab_cells(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """The lab as cells that run. Everything that changes goes through the API."""
    enrolment, _, told = _own(request, pk, lab)
    return render(request, "courses/cells.html", _page(enrolment, told, language_of(get_language())))


def _page(enrolment: Enrolment, lab: Lab, language: Language) -> dict[str, Any]:
    now, offering, standing = clock.now(), enrolment.offering, classes.lab_dates(enrolment, lab)
    source = labs.class_source(offering, lab.id)
    draft = draft_of(enrolment, lab.id, source)
    draft.enrolment = enrolment
    return {
        "offering": offering, "course": offering.version.course, "lab": lab, "draft": draft,
        "edition": source.revision or 0,
        "cells": _cells(draft, source, language), "session": sessions.standing(draft, now), "due_at": standing.due_at,
        "can_run": standing.is_open(now), "can_hand_in": standing.is_open(now) and not standing.is_closed(now),
        "words": {key: text.in_(language) for key, text in CELLS.items()}, "since": now.isoformat(),
        "reserve": sessions.reserve_of(enrolment, lab.id),
    }


def _cells(draft: LabDraft, source: labs.Source, language: Language) -> list[dict[str, Any]]:
    """The cells for readers of that language, each with how it looks and what it put out last."""
    looks = pages.kept_cells(draft.enrolment.offering.version, source, language)
    runs = {run.cell: run for run in sessions.runs(draft)}
    cells = shown(draft.notebook, released(source))
    return [_cell(each, looks, runs.get(each.id)) for each in cells if each.language in ("", language)]


def _cell(cell: Shown, looks: dict[str, str], run: Any) -> dict[str, Any]:
    return {
        "cell": cell, "look": mark_safe(looks.get(cell.id, "")),  # made by us, of the course's own text
        "run": run, "outputs": mark_safe("".join(outputs_shown(run.outputs, 200_000))) if run else "",
        "note": sessions.note_of(run) if run else None, "rows": max(cell.source.count("\n") + 1, 2),
    }


@login_required
@require_safe
def lab_cells_notebook(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """The notebook as it was saved last, with outputs."""
    enrolment, _, told = _own(request, pk, lab)
    return _file(with_outputs(draft_of(enrolment, told.id)), f"{lab}.ipynb")


@login_required
@require_safe
def lab_cells_copy(request: HttpRequest, pk: int, lab: str, number: int) -> HttpResponse:
    """A text that another page's took the place of."""
    enrolment, _, told = _own(request, pk, lab)
    found = get_object_or_404(LabCopy, pk=number, draft__enrolment=enrolment, draft__lab=told.id)
    return _file(written(found.notebook), f"{lab}-copy-{found.pk}.ipynb")


@login_required
@require_POST
def lab_cells_hand_in(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """The draft of the revision that the page showed."""
    enrolment, person, told = _own(request, pk, lab)
    given = request.POST.get("revision", "")
    revision = int(given) if given.isascii() and given.isdigit() and len(given) < 10 else -1
    actions.hand_in(enrolment=enrolment, lab=told.id, revision=revision, by=person, now=clock.now())
    return redirect("class_lab", pk, lab)


def _own(request: HttpRequest, pk: int, lab: str) -> tuple[Enrolment, Person, Lab]:
    """The student's own place in the class that has the lab. Raises Http404."""
    person, offering = signed_in(request), seen_offering(request, pk)
    told = lab_of(offering, lab)
    return own_place(offering, person), person, told


def _file(data: bytes, name: str) -> HttpResponse:
    return HttpResponse(data, content_type=NOTEBOOK, headers={"Content-Disposition": f'attachment; filename="{name}"'})
