"""Opening courses for adoption, and what an institution has adopted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.people.views.shared import attempt, signed_in, status_of
from heitu.kinds.courses import rules
from heitu.kinds.courses.actions import adoptions as actions
from heitu.kinds.courses.actions.classes import open_offering
from heitu.kinds.courses.forms import OfferingForm, OpenAdoptionForm
from heitu.kinds.courses.models import Adoption, Course
from heitu.kinds.courses.queries import adoptions, courses
from heitu.stages.calls.rules import institutions_for_calls
from heitu.ui.pages import paginate

USUAL_DAYS = 365


@login_required
def adoption_opening(request: HttpRequest, slug: str) -> HttpResponse:
    """An officer lets institutions ask for the course."""
    person = signed_in(request)
    if not rules.can_open_adoption(person):
        raise Http404
    course = get_object_or_404(Course.objects.select_related("current"), slug=slug, current__isnull=False)
    usual = {"closes_at": clock.now() + timedelta(days=USUAL_DAYS)}
    form = OpenAdoptionForm(request.POST or None, institutions=institutions_for_calls(person), initial=usual)
    call = attempt(form, lambda: actions.open_adoption(course=course, **form.cleaned_data, by=person, now=clock.now()))
    if call:
        return redirect(course)
    return render(request, "courses/adoption_opening.html", {"course": course, "form": form}, status=status_of(form))


@login_required
@require_safe
def adoption_list(request: HttpRequest) -> HttpResponse:
    """What one's institutions have adopted; for the office, everybody's."""
    search = request.GET.get("q", "").strip()
    page = paginate(request, adoptions.listed(signed_in(request), search=search))
    return render(request, "courses/adoptions.html", {"page": page, "search": search})


@login_required
@require_safe
def adoption_detail(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "courses/adoption.html", _about(request, _seen(request, pk)))


@login_required
@require_POST
def adoption_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Take up the course's current version."""
    person, adoption = signed_in(request), _managed(request, pk)
    version = get_object_or_404(adoption.course.versions, version=request.POST.get("version", ""))
    return redirect(actions.take_up(adoption=adoption, version=version, by=person, now=clock.now()))


@login_required
@require_POST
def adoption_ending(request: HttpRequest, pk: int) -> HttpResponse:
    adoption, reason = _managed(request, pk), request.POST.get("reason", "").strip()
    return redirect(actions.end_adoption(adoption=adoption, reason=reason, by=signed_in(request), now=clock.now()))


@login_required
def offering_create(request: HttpRequest, pk: int) -> HttpResponse:
    """A new class of an adopted course."""
    person, adoption = signed_in(request), _managed(request, pk)
    form = OfferingForm(request.POST or None)
    made = attempt(form, lambda: open_offering(adoption=adoption, plan=form.plan(), by=person, now=clock.now()))
    if made:
        return redirect(made)
    context = {"adoption": adoption, "course": adoption.course, "form": form}
    return render(request, "courses/offering_form.html", context, status=status_of(form))


def _seen(request: HttpRequest, pk: int) -> Adoption:
    found = adoptions.whole(pk, signed_in(request))
    if found is None:
        raise Http404
    return found


def _managed(request: HttpRequest, pk: int) -> Adoption:
    found = _seen(request, pk)
    if not rules.can_manage_adoption(signed_in(request), found):
        raise Http404
    return found


def _about(request: HttpRequest, adoption: Adoption) -> dict[str, Any]:
    newest = adoption.course.current
    assert newest is not None  # a course that was adopted had a version, and keeps one
    is_behind = adoption.ended_at is None and newest.number > adoption.version.number
    return {
        "adoption": adoption, "course": adoption.course, "version": adoption.version, "newest": newest,
        "difference": courses.difference_between(adoption.version, newest) if is_behind else None,
        "uptakes": adoption.uptakes.select_related("version", "by").defer("version__body").order_by("-at", "-pk")[:20],
        "classes": adoption.offerings.order_by("-starts_on", "-pk")[:20],
        "can_manage": rules.can_manage_adoption(signed_in(request), adoption),
    }
