"""Mended tests of a lab: uploaded or taken over, tried on the whole class, compared, then applied or given up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.forms import tell
from heitu.ground.people.views.shared import status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import regrades as actions
from heitu.kinds.courses.enums import Trial
from heitu.kinds.courses.forms import RevisionForm
from heitu.kinds.courses.models import Offering, Revision
from heitu.kinds.courses.queries import regrades
from heitu.kinds.courses.views.shared import lab_of, seen_class, taught_class
from heitu.stages.calls.sheets import download
from heitu.ui.pages import paginate

HEADINGS = ("student_number", "name", "question", "before", "after", "change", "outcome")


@login_required
def regrade_list(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """What was mended so far, and the two ways to mend more: an upload, or a newer version of the course."""
    offering, person = taught_class(request, pk) if request.method == "POST" else seen_class(request, pk)
    told = lab_of(offering, lab)
    form = RevisionForm(None if "version" in request.POST else request.POST or None, request.FILES or None)
    faults: object = ()
    try:
        if (made := _begun(request, offering, lab, form)) is not None:
            return redirect("regrade_detail", offering.pk, lab, made.number)
    except Refused as refused:
        if not form.is_bound:
            raise
        tell(form, refused)
        faults = refused.details.get("faults", ())
    context = {
        "offering": offering, "lab": told, "form": form, "faults": faults, "can_teach": rules.can_teach(person, offering),
        "revisions": regrades.revisions(offering, lab), "newer": regrades.newer_notebooks(offering, lab),
    }
    return render(request, "courses/regrades.html", context, status=status_of(form))


def _begun(request: HttpRequest, offering: Offering, lab: str, form: RevisionForm) -> Revision | None:
    """What was asked for, once a form is sent and complete."""
    _, person = seen_class(request, offering.pk)
    if "version" in request.POST:
        version = get_object_or_404(offering.version.course.versions, version=request.POST["version"])
        return actions.take_over(offering=offering, lab=lab, version=version, by=person, now=clock.now())
    if not form.is_valid():
        return None
    data, reason = form.cleaned_data["notebook"].read(), form.cleaned_data["reason"]
    return actions.upload(offering=offering, lab=lab, data=data, reason=reason, by=person, now=clock.now())


@login_required
@require_safe
def regrade_detail(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    """How far it is; then before and after, question by question and student by student."""
    offering, person = seen_class(request, pk)
    found = _revision(offering, lab, revision)
    context = _about(found) | {"lab": lab_of(offering, lab), "can_teach": rules.can_teach(person, offering)}
    if not context["is_running"]:
        context |= _compared(request, found)
    return render(request, "courses/regrade.html", context)


def _about(revision: Revision) -> dict[str, Any]:
    state = regrades.progress(revision)
    is_open = revision.trial == Trial.OPEN
    return {
        "offering": revision.offering, "revision": revision, "progress": state, "is_open": is_open,
        "is_running": is_open and state.is_running,
    }


def _compared(request: HttpRequest, revision: Revision) -> dict[str, Any]:
    found = regrades.compared(revision)
    shown = [each for each in found if "all" in request.GET or each.outcome != "same"]
    counts, page = regrades.totals(found), paginate(request, shown, load=regrades.named)
    return {
        "questions": regrades.questions(found), "page": page, "shows_all": "all" in request.GET,
        "outcomes": [(said, counts[key], key) for key, said in regrades.OUTCOMES.items() if counts[key]],
        "changed": counts["up"] + counts["down"], "failed": counts["failed"],
        "faulty": regrades.faulty_tests(found), "maximum": regrades.maximum_of(revision),
        "moved": regrades.moved(revision) if revision.trial == Trial.OPEN else [],
    }


@login_required
@require_safe
def regrade_progress(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    """The part of the page that asks again; once all is graded, the page itself is asked for anew."""
    offering, _ = seen_class(request, pk)
    context = _about(_revision(offering, lab, revision))
    response = render(request, "courses/regrade_progress.html", context | {"lab": lab_of(offering, lab)})
    if not context["is_running"]:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_safe
def regrade_notebook(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    """The mended source, with solutions and hidden tests."""
    offering, _ = seen_class(request, pk)
    found = _revision(offering, lab, revision)
    response = HttpResponse(bytes(found.content), content_type="application/x-ipynb+json")
    response["Content-Disposition"] = content_disposition_header(True, f"{lab}-r{found.number}.ipynb") or "attachment"
    return response


@login_required
@require_safe
def regrade_csv(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    """A line for each question of each student, and one for the mark (no question)."""
    offering, _ = seen_class(request, pk)
    found = _revision(offering, lab, revision)
    return download(f"regrade-{offering.pk}-{lab}-{found.number}", "csv", HEADINGS, _lines(found))


def _lines(revision: Revision) -> Iterator[list[object]]:
    for each in regrades.changes(revision):
        who = [each.enrolment.student_number, each.enrolment.person.name]
        yield [*who, "", *_written(each.before, each.after), each.outcome]
        for cell in each.cells:
            yield [*who, cell.id, *_written(cell.before, cell.after), "kept" if cell.is_kept else ""]


def _written(before: Any, after: Any) -> list[object]:
    change = None if before is None or after is None else after - before
    return ["" if each is None else f"{float(each):g}" for each in (before, after, change)]


@login_required
@require_POST
def regrade_refresh(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    actions.refresh(revision=_revision(offering, lab, revision), by=person, now=clock.now())
    return redirect("regrade_detail", offering.pk, lab, revision)


@login_required
@require_POST
def regrade_application(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    actions.apply(revision=_revision(offering, lab, revision), by=person, now=clock.now())
    return redirect("regrade_detail", offering.pk, lab, revision)


@login_required
@require_POST
def regrade_ending(request: HttpRequest, pk: int, lab: str, revision: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    actions.discard(revision=_revision(offering, lab, revision), by=person, now=clock.now())
    return redirect("regrade_list", offering.pk, lab)


def _revision(offering: Offering, lab: str, number: int) -> Revision:
    found: Revision = get_object_or_404(offering.revisions.select_related("by", "ended_by"), lab=lab, number=number)
    found.offering = offering
    return found
