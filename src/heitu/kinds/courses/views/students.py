"""The students of a class: the roster, one student, extensions."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.people.forms import ImportForm
from heitu.ground.people.sheets import write_csv
from heitu.ground.people.views.shared import attempt, csv_file, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import enrolments
from heitu.kinds.courses.actions.classes import extend
from heitu.kinds.courses.forms import EnrolForm, ExtensionForm
from heitu.kinds.courses.models import Enrolment, Offering
from heitu.kinds.courses.queries import classes, grades
from heitu.kinds.courses.views.shared import enrolment_in, seen_class, taught_class
from heitu.ui.pages import paginate

TOLD_FIRST = ("new", "left", "nobody")


@login_required
def student_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is in the class; a teacher adds one by hand here."""
    offering, person = seen_class(request, pk)
    can_teach = rules.can_teach(person, offering)
    form = EnrolForm(request.POST if request.method == "POST" and can_teach else None)
    made = attempt(form, lambda: enrolments.enrol_by_email(
        offering=offering, **form.cleaned_data, by=person, now=clock.now()
    ))
    if made:
        return redirect("student_list", offering.pk)
    search = request.GET.get("q", "").strip()
    page = paginate(request, grades.students(offering, search=search).select_related("person"), per_page=50)
    minutes = classes.minutes_in([each.account_code for each in page])
    context = {
        "offering": offering, "page": page, "search": search, "form": form, "can_teach": can_teach,
        "rows": [(each, minutes.get(each.account_code, 0)) for each in page],
    }
    return render(request, "courses/students.html", context, status=status_of(form))


@login_required
def offering_roster(request: HttpRequest, pk: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    run = attempt(form, lambda: enrolments.import_roster(
        offering=offering, **_upload(form), by=person, now=clock.now()
    ))
    if run:
        return redirect("roster_run", offering.pk, run.pk)
    runs = offering.roster_runs.select_related("by").order_by("-at", "-pk")[:20]
    context = {"offering": offering, "form": form, "columns": enrolments.COLUMNS, "runs": runs}
    return render(request, "courses/roster.html", context, status=status_of(form))


def _upload(form: ImportForm) -> dict[str, Any]:
    file: UploadedFile[bytes] = form.cleaned_data["file"]
    return {"file_name": file.name or "", "data": file.read()}


@login_required
@require_safe
def roster_run(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    """What became of one roster; of a platform's list, first of those for whom something changed or nothing could be done."""
    offering, _ = seen_class(request, pk)
    found = get_object_or_404(offering.roster_runs, pk=run)
    page = paginate(request, sorted(found.lines, key=lambda line: line["what"] not in TOLD_FIRST), per_page=100)
    context = {"offering": offering, "run": found, "page": page, "faults": paginate(request, found.faults, per_page=100)}
    return render(request, "courses/roster_run.html", context)


@login_required
@require_safe
def roster_faults(request: HttpRequest, pk: int, run: int) -> HttpResponse:
    offering, _ = seen_class(request, pk)
    found = get_object_or_404(offering.roster_runs, pk=run)
    rows = ((fault["row"], fault["column"], fault["value"], fault["zh"], fault["en"]) for fault in found.faults)
    return csv_file(f"roster-{found.pk}-faults.csv", write_csv(("row", "column", "value", "原因", "reason"), rows))


@login_required
@require_safe
def student_detail(request: HttpRequest, pk: int, student: int) -> HttpResponse:
    """One student: labs, marks, own deadlines."""
    offering, person = seen_class(request, pk)
    enrolment = enrolment_in(offering, student)
    return render(request, "courses/student.html", _about(offering, enrolment, rules.can_teach(person, offering)))


@login_required
@require_POST
def student_extension(request: HttpRequest, pk: int, student: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    enrolment = enrolment_in(offering, student)
    form = ExtensionForm(request.POST, labs=_given_labs(offering))
    made = attempt(form, lambda: extend(enrolment=enrolment, **form.cleaned_data, by=person, now=clock.now()))
    if made:
        return redirect("student_detail", offering.pk, enrolment.pk)
    return render(request, "courses/student.html", _about(offering, enrolment, True, form), status=409)


@login_required
@require_POST
def student_leaving(request: HttpRequest, pk: int, student: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    enrolment, reason = enrolment_in(offering, student), request.POST.get("reason", "").strip()
    enrolments.leave(enrolment=enrolment, reason=reason, by=person, now=clock.now())
    return redirect("student_list", offering.pk)


def _about(
    offering: Offering, enrolment: Enrolment, can_teach: bool, form: ExtensionForm | None = None
) -> dict[str, Any]:
    now, items = clock.now(), list(classes.dated_items(enrolment))
    standings = classes.lab_standings(enrolment, items)
    given = [(each.lab.id, each.lab.title) for each in standings if each.opens_at is not None]
    return {
        "offering": offering, "enrolment": enrolment, "line": grades.line(enrolment, items), "can_teach": can_teach,
        "labs": [(each, each.stage(now)) for each in standings],
        "extensions": enrolment.extensions.select_related("by").order_by("-at"),
        "form": form or (ExtensionForm(labs=given) if given else None),
        "minutes": classes.minutes_in([enrolment.account_code]).get(enrolment.account_code, 0),
    }


def _given_labs(offering: Offering) -> list[tuple[str, Any]]:
    given = set(offering.deadlines.values_list("lab", flat=True))
    return [(lab.id, lab.title) for lab in offering.version.manifest.labs if lab.id in given]
