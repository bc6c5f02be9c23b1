"""Marking by hand: one answer after another without names, by a rubric; and the rubric itself."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.ground.people.views.shared import attempt, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import marking as actions
from heitu.kinds.courses.forms import MarkingForm, RubricEditForm, RubricForm
from heitu.kinds.courses.models import LabSubmission, Offering, RubricItem
from heitu.kinds.courses.queries import marking
from heitu.kinds.courses.queries.marking import Pile
from heitu.kinds.courses.views.shared import handed_in, lab_of, number_in, taught_class


@login_required
def lab_marking(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """The answer that is asked for (`?answer=`), else the first that waits."""
    offering, person = taught_class(request, pk)
    told, pile = lab_of(offering, lab), marking.pile(offering, lab)
    made = _asked(request, offering, lab, pile)
    context: dict[str, Any] = {"offering": offering, "lab": told, "pile": pile, "total": len(pile.answers)}
    if made is None:
        return render(request, "courses/lab_marking.html", context)
    answer, snippets = marking.answer_in(made), list(marking.snippets_of(offering, lab))
    form = MarkingForm(request.POST or None, answer=answer, snippets=snippets, initial={"comment": answer.comment})
    if attempt(form, lambda: _marked(request, made, form, person)):
        then = pile.next_after(made.pk)
        return redirect(reverse("lab_marking", args=[offering.pk, lab]) + (f"?answer={then}" if then else ""))
    context |= {
        "answer": answer, "form": form, "place": pile.place(made.pk), "snippets": snippets,
        "before": pile.beside(made.pk, -1), "after": pile.beside(made.pk, 1),
    }
    return render(request, "courses/lab_marking.html", context, status=status_of(form))


def _marked(request: HttpRequest, made: LabSubmission, form: MarkingForm, by: Person) -> LabSubmission:
    seen, now, comment = request.POST.get("seen", ""), clock.now(), form.comment_said()
    if form.cleaned_data["keep_comment"] and form.cleaned_data["comment"].strip():
        words = form.cleaned_data["comment"]
        actions.keep_snippet(offering=made.enrolment.offering, lab=made.lab, text=words, by=by, now=now)
    return actions.mark(
        submission=made, points=form.points(), ticked=form.ticked(), comment=comment, by=by, now=now,
        seen=number_in(seen) if seen else None,
    )


def _asked(request: HttpRequest, offering: Offering, lab: str, pile: Pile) -> LabSubmission | None:
    """Raises Refused `not_waiting` where a form is for an answer that isn't there any more."""
    asked = request.POST.get("submission", "") if request.method == "POST" else request.GET.get("answer", "")
    key: int | None = number_in(asked)
    if key not in [each for each, _ in pile.answers]:
        if request.method == "POST":
            raise actions.not_waiting()
        key = pile.first
    if key is None:
        return None
    found: LabSubmission = handed_in(offering, lab).select_related("enrolment").get(pk=key)
    found.enrolment.offering = offering
    return found


# The rubric


@login_required
def rubric(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """What answers win and lose points for, question by question, and the phrases that are kept."""
    offering, person = taught_class(request, pk)
    told, cells = lab_of(offering, lab), marking.manual_cells(offering, lab)
    form = RubricForm(request.POST or None, cells=[cell for cell, _ in cells])
    made = attempt(form, lambda: actions.add_item(
        offering=offering, lab=lab, cell=form.cleaned_data["cell"], text=form.text(), points=form.cleaned_data["points"],
        by=person, now=clock.now(),
    ))
    if made:
        return redirect("rubric", offering.pk, lab)
    items = marking.items_of(offering, lab)
    context = {
        "offering": offering, "lab": told, "form": form if cells else None, "snippets": marking.snippets_of(offering, lab),
        "questions": [(cell, points, [item for item in items if item.cell == cell]) for cell, points in cells],
        "others": marking.rubrics_to_copy(offering, lab, rules.taught_offerings(person)),
    }
    return render(request, "courses/rubric.html", context, status=status_of(form))


@login_required
def rubric_item(request: HttpRequest, pk: int, lab: str, item: int) -> HttpResponse:
    """Other words or points; where marks used the item, that is said, and asked, before they change."""
    offering, person = taught_class(request, pk)
    found = _item(offering, lab, item)
    initial = {"text_zh": found.text.zh, "text_en": found.text.en, "points": found.points}
    form = RubricEditForm(request.POST or None, initial=initial)

    def keep() -> bool:
        data = form.cleaned_data
        actions.edit_item(
            item=found, text=form.text(), points=data["points"], confirmed=data["confirmed"], by=person, now=clock.now()
        )
        return True

    if attempt(form, keep):
        return redirect("rubric", offering.pk, lab)
    context = {"offering": offering, "lab": lab_of(offering, lab), "item": found, "form": form, "used": len(marking.used_by(found))}
    return render(request, "courses/rubric_item.html", context, status=status_of(form))


@login_required
@require_POST
def rubric_retirement(request: HttpRequest, pk: int, lab: str, item: int) -> HttpResponse:
    offering, person = taught_class(request, pk)
    actions.retire_item(item=_item(offering, lab, item), by=person, now=clock.now())
    return redirect("rubric", offering.pk, lab)


@login_required
@require_POST
def rubric_copy(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """From another class of the course that one teaches."""
    offering, person = taught_class(request, pk)
    asked = request.POST.get("offering", "")
    same_course = rules.taught_offerings(person).filter(version__course=offering.version.course_id)
    source = get_object_or_404(same_course, pk=number_in(asked))
    actions.copy_rubric(offering=offering, lab=lab, source=source, by=person, now=clock.now())
    return redirect("rubric", offering.pk, lab)


@login_required
@require_POST
def rubric_snippets(request: HttpRequest, pk: int, lab: str) -> HttpResponse:
    """Keep a phrase (`text`), or drop one (`remove`)."""
    offering, person = taught_class(request, pk)
    lab_of(offering, lab)
    if remove := request.POST.get("remove", ""):
        gone = get_object_or_404(offering.snippets, lab=lab, pk=number_in(remove))
        actions.drop_snippet(snippet=gone, by=person, now=clock.now())
    else:
        actions.keep_snippet(offering=offering, lab=lab, text=request.POST.get("text", ""), by=person, now=clock.now())
    return redirect("rubric", offering.pk, lab)


def _item(offering: Offering, lab: str, pk: int) -> RubricItem:
    found: RubricItem = get_object_or_404(offering.rubric_items, lab=lab, pk=pk, retired_at__isnull=True)
    return found
