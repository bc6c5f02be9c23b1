"""Tables coming in: of institutions (officers) and of one institution's members (its leads, officers)."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from heitu.ground.core import clock
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.actions.imports import INSTITUTION_COLUMNS, MEMBER_COLUMNS
from heitu.ground.people.enums import LOCAL_ROLES, InstitutionKind
from heitu.ground.people.forms import ImportForm
from heitu.ground.people.models import Institution
from heitu.ground.people.sheets import write_csv
from heitu.ground.people.views.shared import attempt, csv_file, signed_in, status_of


@login_required
def institution_imports(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    if not rules.is_officer(person):
        raise Http404
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    run = attempt(form, lambda: actions.import_institutions(**_upload(form), by=person, now=clock.now()))
    if run:
        return redirect("people:import", pk=run.pk)
    return render(request, "people/imports.html", _page(form, None), status=status_of(form))


@login_required
def member_imports(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.managed_institutions(person), slug=slug)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    run = attempt(form, lambda: actions.import_members(
        institution=found, **_upload(form), by=person, now=clock.now()
    ))
    if run:
        return redirect("people:import", pk=run.pk)
    return render(request, "people/imports.html", _page(form, found), status=status_of(form))


@login_required
@require_safe
def import_run(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one table."""
    runs = rules.visible_imports(signed_in(request)).select_related("institution", "by")
    return render(request, "people/import.html", {"run": get_object_or_404(runs, pk=pk)})


@login_required
@require_safe
def import_faults(request: HttpRequest, pk: int) -> HttpResponse:
    run = get_object_or_404(rules.visible_imports(signed_in(request)), pk=pk)
    rows = ((fault["row"], fault["column"], fault["value"], fault["zh"], fault["en"]) for fault in run.faults)
    return csv_file(f"import-{run.pk}-faults.csv", write_csv(("row", "column", "value", "原因", "reason"), rows))


def _upload(form: ImportForm) -> dict[str, Any]:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    return {"file_name": file.name or "", "data": file.read()}


def _page(form: ImportForm, institution: Institution | None) -> dict[str, object]:
    return {
        "form": form,
        "institution": institution,
        "columns": MEMBER_COLUMNS if institution else INSTITUTION_COLUMNS,
        "words": sorted(LOCAL_ROLES) if institution else list(InstitutionKind),
        "runs": queries.import_runs(institution)[:20],
    }
