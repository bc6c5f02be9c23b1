"""Writing in the work log."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.people.queries import person_of
from heitu.stages.applications.rules import visible_applications
from heitu.stages.applications.views import about, find
from heitu.stages.work import actions
from heitu.stages.work.panels import RefusedNote
from heitu.stages.work.rules import can_write_note


@login_required
@require_POST
def note_create(request: HttpRequest, pk: int) -> HttpResponse:
    person = person_of(request)
    application = get_object_or_404(visible_applications(person).select_related("call", "case", "team"), pk=pk)
    if person is None or not can_write_note(person, application):
        raise Http404
    try:
        actions.add_note(application=application, text=request.POST.get("text", ""), by=person, now=now())
    except Refused as why:
        refused = RefusedNote(request.POST.get("text", ""), why)
        page = about(find(person, pk), person, refused=refused)
        return render(request, "applications/detail.html", page, status=409)
    return redirect("application_detail", pk=pk)
