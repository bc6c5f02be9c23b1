"""Asking for a judging anew, and deciding about its shadow."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_of
from heitu.stages.deliverables import queries
from heitu.stages.deliverables.enums import Decision
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.models import Deliverable, Rejudgement
from heitu.stages.deliverables.views.chosen import chosen

DONE = {
    Decision.PROMOTED: Text(zh="新结论已生效，团队已收到通知。", en="The new verdict is in force; the team was told."),
    Decision.DISMISSED: Text(zh="新结论未采用。", en="The new verdict is left aside."),
}


@login_required
@require_POST
def rejudge(request: HttpRequest, pk: int) -> HttpResponse:
    deliverable, person = allowed(request, pk)
    rejudging.ask(deliverable=deliverable, reason=request.POST.get("reason", ""), by=person, now=now())
    messages.success(request, str(Text(zh="已排队重新评测。", en="Queued to be judged anew.")))
    return redirect("deliverable_detail", pk=pk)


@login_required
@require_POST
def decide_rejudgement(request: HttpRequest, pk: int) -> HttpResponse:
    row = Rejudgement.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    deliverable, person = allowed(request, row.deliverable_id)
    decision = Decision(chosen(request, *Decision.values))
    rejudging.decide(rejudgement=row, decision=decision, by=person, now=now())
    messages.success(request, str(DONE[decision]))
    return redirect("deliverable_detail", pk=deliverable.pk)


def allowed(request: HttpRequest, pk: int) -> tuple[Deliverable, Person]:
    """The version, and who asks; 404 unless they may have it judged anew."""
    deliverable, person = queries.deliverable_numbered.first(pk=pk), person_of(request)
    if deliverable is None or person is None or not rejudging.can_rejudge(person, deliverable):
        raise Http404
    return deliverable, person
