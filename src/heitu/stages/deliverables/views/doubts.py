"""Deciding whether a doubtful verdict counts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.queries import person_of
from heitu.stages.deliverables import doubts, queries
from heitu.stages.deliverables.views.chosen import chosen


@login_required
@require_POST
def clearance(request: HttpRequest, pk: int) -> HttpResponse:
    deliverable, person = queries.deliverable_numbered.first(pk=pk), person_of(request)
    if deliverable is None or person is None or not doubts.can_clear(person, deliverable):
        raise Http404
    is_cleared, reason = chosen(request, "cleared", "set_aside") == "cleared", request.POST.get("reason", "")
    doubts.decide(verdict=deliverable.verdict, is_cleared=is_cleared, reason=reason, by=person, now=now())
    cleared = Text(zh="已认可，可以参与排名；团队已收到通知。", en="It counts from now on; the team was told.")
    aside = Text(zh="已认定不计；团队已收到通知。", en="It is set aside and doesn't count; the team was told.")
    messages.success(request, str(cleared if is_cleared else aside))
    return redirect("deliverable_detail", pk=pk)
