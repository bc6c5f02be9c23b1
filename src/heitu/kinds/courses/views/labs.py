"""A class's lab: the student hands in and sees what came of it; the teacher sees who did."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from heitu.engines.grading import feedback
from heitu.ground.core import clock
from heitu.ground.core.text import language_of
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import attempt, signed_in, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import labs as actions
from heitu.kinds.courses.forms import NotebookForm
from heitu.kinds.courses.models import Enrolment, Offering
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries import classes, labs
from heitu.kinds.courses.views.shared import (
    handed_in,
    lab_of,
    own_place,
    seen_class,
    seen_offering,
    submission_of,
)
from heitu.ui.pages import paginate

PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"


@login_required
def class_lab(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """A student's lab with the form to hand in; for whoever sees the class, what everybody handed in."""
    person, offering = signed_in(request), seen_offering(request, pk)
    told = lab_of(offering, lab)
    if rules.can_see_class(person, offering):
        return render(request, "courses/class_lab_all.html", _everybodys(request, offering, person, told))
    enrolment = own_place(offering, person)
    form = NotebookForm(request.POST or None, request.FILES or None)
    made = attempt(form, lambda: actions.submit(
        enrolment=enrolment, lab=lab, data=form.cleaned_data["notebook"].read(), by=person, now=clock.now()
    ))
    if made:
        return redirect("class_lab", offering.pk, lab)
    return render(request, "courses/class_lab.html", _mine(offering, enrolment, told, form), status=status_of(form))


def _mine(offering: Offering, enrolment: Enrolment, lab: Lab, form: NotebookForm) -> dict[str, Any]:
    now, versions = clock.now(), list(enrolment.submissions.filter(lab=lab.id)[:20])
    for each in versions:
        each.enrolment = enrolment
    (standing,) = (each for each in classes.lab_standings(enrolment) if each.lab.id == lab.id)
    return {
        "offering": offering, "course": offering.version.course, "lab": lab, "form": form, "versions": versions,
        "standing": standing, "is_open": standing.is_open(now), "is_closed": standing.is_closed(now),
        "shown": labs.shown(versions[0]) if versions else None,
        "minutes": classes.minutes_in([enrolment.account_code]).get(enrolment.account_code, 0),
    }


def _everybodys(request: HttpRequest, offering: Offering, person: Person, lab: Lab) -> dict[str, Any]:
    rows = labs.latest_of_class(offering, lab.id)
    return {
        "offering": offering, "course": offering.version.course, "lab": lab, "counts": labs.counts(offering, lab.id),
        "held_up": labs.held_up(offering, lab.id),
        "page": paginate(request, rows, per_page=50), "can_teach": rules.can_teach(person, offering),
    }


@login_required
@require_safe
def class_release(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """The notebook as the class's students get it, by the tests that hold now."""
    offering = seen_offering(request, pk)
    lab_of(offering, lab)
    response = HttpResponse(labs.released(labs.class_source(offering, lab)), content_type="application/x-ipynb+json")
    response["Content-Disposition"] = content_disposition_header(True, f"{lab}.ipynb") or "attachment"
    return response


@login_required
@require_safe
def lab_progress(request: HttpRequest, pk: int, lab: str, number: int) -> HttpResponse:
    """The part of the page that asks again until the notebook is graded; 204 while it says what was `seen` already."""
    shown = labs.own_waiting(signed_in(request), pk, lab, number) or labs.shown(submission_of(request, pk, lab, number))
    if shown.place is not None and shown.place.mark == request.GET.get("seen"):
        return HttpResponse(status=204)
    offering = shown.made.enrolment.offering
    return render(request, "courses/lab_progress.html", {"offering": offering, "shown": shown})


@login_required
@require_safe
def lab_notebook(request: HttpRequest, pk: int, lab: str, number: int) -> FileResponse:
    """What the student handed in, as it was."""
    found = submission_of(request, pk, lab, number)
    return FileResponse(found.notebook.open("rb"), as_attachment=True, filename=f"{lab}-{found.number}.ipynb")


@login_required
@require_safe
def lab_feedback(request: HttpRequest, pk: int, lab: str, number: int) -> HttpResponse:
    """The engine's page for the student, which can run nothing and load nothing."""
    found = submission_of(request, pk, lab, number)
    kept = found.feedback_en if language_of(get_language()) == "en" else found.feedback_zh
    if not kept:
        raise Http404
    with kept.open("rb") as file:
        page = feedback.coloured(file.read().decode())
    return HttpResponse(page, headers={"Content-Security-Policy": PAGE_POLICY})


@login_required
@require_safe
def lab_autograded(request: HttpRequest, pk: int, lab: str, number: int) -> FileResponse:
    """The notebook as it ran, hidden tests and all: for those who teach."""
    offering, _ = seen_class(request, pk)
    found = get_object_or_404(handed_in(offering, lab), pk=number)
    if not found.autograded:
        raise Http404
    return FileResponse(found.autograded.open("rb"), as_attachment=True, filename=f"{lab}-{found.pk}-autograded.ipynb")
