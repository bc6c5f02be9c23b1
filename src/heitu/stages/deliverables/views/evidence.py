"""The evidence of a verdict, for those who may check it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from heitu.ground.people.queries import person_of
from heitu.stages.deliverables.judging import evidence
from heitu.stages.deliverables.models import Deliverable


@login_required
@require_safe
def deliverable_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    return evidence_zip(request, Deliverable.objects.filter(pk=pk))


@require_safe
def result_evidence(request: HttpRequest, slug: str) -> HttpResponse:
    """Of published work, for everybody once the call is over."""
    return evidence_zip(request, Deliverable.objects.filter(publication__slug=slug))


def evidence_zip(request: HttpRequest, found: QuerySet[Deliverable]) -> HttpResponse:
    """The evidence of the one version that is found; 404 where there is none, or none for this person."""
    related = ("verdict", "sealed_seed", "publication", "application__call__case", "application__team")
    deliverable = found.select_related(*related).first()
    if deliverable is None or not evidence.can_take_evidence(person_of(request), deliverable):
        raise Http404
    response = HttpResponse(evidence.packed(deliverable.verdict), content_type="application/zip")
    name = f"evidence-{deliverable.application.call.number}-v{deliverable.version}.zip"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
