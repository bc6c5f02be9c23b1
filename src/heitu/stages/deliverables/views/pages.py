"""Handing in, the verdict with its live progress, the leaderboard, and published results."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.stages.applications.models import Application
from heitu.stages.calls.rules import visible_calls
from heitu.stages.deliverables import actions, doubts, queries
from heitu.stages.deliverables.forms import DeliverableForm
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.judging.evidence import can_take_evidence, is_revealed
from heitu.stages.deliverables.models import Deliverable, Publication
from heitu.stages.deliverables.publicly import seen_by
from heitu.stages.deliverables.rules import can_compare_work, can_hand_in, can_see_deliverable
from heitu.stages.deliverables.shown import board, history_shown, verdict_shown
from heitu.stages.deliverables.shown.words import figure, listed
from heitu.ui.forms import tell
from heitu.ui.pages import paginate


@login_required
def deliverable_create(request: HttpRequest, pk: int) -> HttpResponse:
    """The team's upload page: what is left today, and why not when nothing is."""
    application = get_object_or_404(Application.objects.select_related("call", "case", "team"), pk=pk)
    person = person_of(request)
    if person is None or not can_hand_in(person, application):
        raise Http404
    is_posted = request.method == "POST"
    form = DeliverableForm(request.POST, request.FILES) if is_posted else DeliverableForm()
    if is_posted:
        made = _hand_in(application, form, person)
        if made is not None:
            return redirect("deliverable_detail", pk=made.pk)
    programme = programme_of(application.case)
    state = programme.state("case", application.case.state)
    context = {
        "application": application, "form": form, "rules": programme.rules, "state": state,
        "hosts": ", ".join(map(str, form.hosts)), "most_mb": actions.most_bytes(kind=queries.judged_kind(application)) >> 20,
        "endings": listed(actions.endings(kind=application.call.kind)),
        "pace": queries.pace_of(application, programme.rules, now=now()), "why_not": _why_not(application),
        **history_shown(application, person),
    }
    return render(request, "deliverables/deliverable_create.html", context, status=409 if is_posted else 200)


def _hand_in(application: Application, form: DeliverableForm, person: Person) -> Deliverable | None:
    """The new version, or None with the reason told in the form."""
    if not form.is_valid():
        return None
    data = form.cleaned_data
    common: dict[str, Any] = {"application": application, "note": data["note"], "by": person, "now": now()}
    try:
        if data.get("repository"):
            return actions.hand_in_from_repository(
                repository=data["repository"], revision=data["revision"], **common
            )
        return actions.hand_in(file=data["file"], **common)
    except Refused as refused:
        tell(form, refused)
        return None


def _why_not(application: Application) -> Text | None:
    try:
        actions.check_time(application=application, now=now())
    except Refused as refused:
        return refused.message
    return None


@login_required
@require_safe
def deliverable_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The verdict of one version; while it is being judged, htmx asks for the same page's progress."""
    deliverable, person = _visible(request, pk), person_of(request)
    context = {
        "has_evidence": can_take_evidence(person, deliverable), "is_revealed": is_revealed(deliverable),
        "anew": rejudging.shown(deliverable, person), "may_clear": doubts.can_clear(person, deliverable),
    }
    return render(request, "deliverables/deliverable_detail.html", context | verdict_shown(deliverable))


@login_required
@require_safe
def deliverable_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The live part; once the verdict is there, tells htmx to load the whole page."""
    deliverable = _visible(request, pk)
    response = render(request, "deliverables/progress.html", verdict_shown(deliverable))
    if queries.verdict_of(deliverable) is not None:
        response["HX-Refresh"] = "true"
    return response


@login_required
@require_safe
def deliverable_file(request: HttpRequest, pk: int) -> FileResponse:
    return _file(_visible(request, pk))


def _visible(request: HttpRequest, pk: int) -> Deliverable:
    deliverable, person = queries.deliverable_numbered.first(pk=pk), person_of(request)
    if deliverable is None or not can_see_deliverable(person, deliverable):
        raise Http404
    seen_by(person, deliverable.application.call, [deliverable])
    return deliverable


@require_safe
def leaderboard(request: HttpRequest, number: str) -> HttpResponse:
    """Of every team the version that counts, with intervals and shared ranks."""
    person = person_of(request)
    call = get_object_or_404(visible_calls(person), number=number)
    context = {"call": call, "compares": can_compare_work(person, call), **board(call, person)}
    return render(request, "deliverables/leaderboard.html", context)


@require_safe
def result_list(request: HttpRequest) -> HttpResponse:
    """What was shared with everybody, newest first."""
    search = request.GET.get("q", "").strip()
    page = paginate(request, queries.published(search=search), load=queries.results.in_order)
    results = [(row, figure(row.speedup, row.measure_name, row.measure)) for row in page.object_list]
    return render(request, "deliverables/result_list.html", {"page": page, "results": results, "search": search})


@require_safe
def result_detail(request: HttpRequest, slug: str) -> HttpResponse:
    publication = _published(slug)
    has_evidence = can_take_evidence(person_of(request), publication.deliverable)
    context = {"publication": publication, "has_evidence": has_evidence, **verdict_shown(publication.deliverable)}
    return render(request, "deliverables/result_detail.html", context)


@require_safe
def result_file(request: HttpRequest, slug: str) -> FileResponse:
    publication = _published(slug)
    response = _file(publication.deliverable)
    Publication.objects.filter(pk=publication.pk).update(downloads=F("downloads") + 1)
    return response


def _published(slug: str) -> Publication:
    publication = queries.publication_named.first(slug=slug)
    if publication is None:
        raise Http404
    return publication


def _file(deliverable: Deliverable) -> FileResponse:
    if not deliverable.file:
        raise Http404
    return FileResponse(deliverable.file.open("rb"), as_attachment=True, filename=deliverable.filename)
