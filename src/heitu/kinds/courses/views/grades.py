"""The gradebook: a page of students beside all items, one mark to change in its place, and the whole to take away."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people.views.shared import attempt, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import grades as actions
from heitu.kinds.courses.forms import ItemForm, MarkForm
from heitu.kinds.courses.models import Enrolment, Grade, GradeItem, Offering
from heitu.kinds.courses.queries import grades
from heitu.kinds.courses.views.shared import enrolment_in, seen_class, taught_class
from heitu.stages.calls.sheets import download
from heitu.ui.pages import paginate

SORT_TITLES = [
    ("number", Text(zh="学号", en="Student number")), ("name", Text(zh="姓名", en="Name")),
    ("joined", Text(zh="加入时间", en="When they joined")),
]


@login_required
@require_safe
def gradebook(request: HttpRequest, pk: int) -> HttpResponse:
    offering, person = seen_class(request, pk)
    search, sort = request.GET.get("q", "").strip(), request.GET.get("sort", "")
    items, found = grades.summed_items(offering), grades.students(offering, search=search, sort=sort)
    page = paginate(request, found, per_page=50, load=lambda pks: grades.lines(items, pks))
    context = {
        "offering": offering, "items": items, "page": page,
        "search": search, "sort": sort, "sorts": SORT_TITLES, "can_teach": rules.can_teach(person, offering),
    }
    return render(request, "courses/gradebook.html", context)


@login_required
@require_safe
def gradebook_export(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    offering, _ = seen_class(request, pk)
    items = grades.items_of(offering)
    headings = ["student_number", "name", "email", *(f"{item.title.zh} /{item.maximum:f}" for item in items), "percent"]
    return download(f"gradebook-{offering.pk}", kind, headings, _lines(offering))


def _lines(offering: Offering) -> Iterator[list[object]]:
    for line in grades.export(offering):
        marks = ["" if points is None else float(points) for _, points, _ in line.marks]
        person, percent = line.enrolment.person, line.percent
        yield [
            line.enrolment.student_number, person.name, person.email, *marks, "" if percent is None else float(percent)
        ]


@login_required
def mark(request: HttpRequest, pk: int, student: int, item: int) -> HttpResponse:
    """One mark with its history; htmx swaps only the form into the table's cell, and the mark back."""
    offering, person = seen_class(request, pk)
    enrolment, found = enrolment_in(offering, student), get_object_or_404(offering.items, pk=item, retired_at=None)
    can_teach = rules.can_teach(person, offering)
    if request.method == "POST" and not can_teach:
        raise Http404
    grade = Grade.objects.filter(enrolment=enrolment, item=found).first()
    form = MarkForm(request.POST or None, initial=_shown(grade))
    done = attempt(form, lambda: actions.set_grade(
        enrolment=enrolment, item=found, **form.cleaned_data, by=person, now=clock.now()
    ))
    context = _about(offering, enrolment, found, done or grade, form) | {"can_teach": can_teach}
    if request.headers.get("HX-Request"):
        template = "courses/gradebook_mark.html" if done else "courses/gradebook_form.html"
    elif done:
        return redirect("gradebook", offering.pk)
    else:
        template = "courses/mark.html"
    return render(request, template, context, status=status_of(form))


def _shown(grade: Grade | None) -> dict[str, Any]:
    return {"points": grade.points, "seen": grade.changes} if grade else {"seen": 0}


def _about(offering: Offering, enrolment: Enrolment, item: GradeItem, grade: Grade | None, form: MarkForm) -> dict[str, Any]:
    return {
        "offering": offering, "enrolment": enrolment, "item": item, "grade": grade, "form": form,
        "history": grades.history(enrolment, item)[:50],
    }


@login_required
def item_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A column that the teacher marks by hand."""
    offering, person = taught_class(request, pk)
    form = ItemForm(request.POST or None)
    made = attempt(form, lambda: actions.add_item(
        offering=offering, title=form.title(), maximum=form.cleaned_data["maximum"], weight=form.cleaned_data["weight"],
        by=person, now=clock.now(),
    ))
    if made:
        return redirect("gradebook", offering.pk)
    return render(request, "courses/item_form.html", {"offering": offering, "form": form}, status=status_of(form))


@login_required
@require_POST
def item_retirement(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    actions.retire_item(item=get_object_or_404(offering.items, pk=item), by=person, now=clock.now())
    return redirect("gradebook", offering.pk)
