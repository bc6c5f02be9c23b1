"""Pages of credentials: one's own, all of them for the office, one for everybody, and revoking."""

from __future__ import annotations

import uuid

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.queries import person_of
from heitu.stages.credentials import actions, alignments, issuer, queries, rules
from heitu.stages.credentials.badge import drawing
from heitu.stages.credentials.forms import RevokeForm
from heitu.stages.credentials.models import Credential
from heitu.ui.forms import tell
from heitu.ui.pages import paginate


@require_safe
@login_required
def mine(request: HttpRequest) -> HttpResponse:
    person = person_of(request)
    assert person is not None
    page = paginate(request, queries.held_by(person), per_page=12)
    return render(request, "credentials/mine.html", {"page": page, "may_list_all": rules.may_list_all(person)})


@require_safe
@login_required
def everybodys(request: HttpRequest) -> HttpResponse:
    """For the office and auditors; others are told that there is no such page."""
    person = person_of(request)
    if not rules.may_list_all(person):
        raise Http404
    words = request.GET.get("q", "").strip()
    page = paginate(request, queries.found(person, words))
    return render(request, "credentials/all.html", {"page": page, "words": words})


@require_safe
def show(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """For whoever has the address. Nothing is written: signing waits until a file is asked for."""
    return _shown(request, get_object_or_404(queries.with_case(), pk=pk), RevokeForm())


@require_POST
@login_required
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    person = person_of(request)
    credential = get_object_or_404(rules.revocable_by(person), pk=pk)
    form = RevokeForm(request.POST)
    if form.is_valid():
        try:
            actions.revoke(credential=credential, by=person, now=clock.now(), reason=form.cleaned_data["reason"])
            return redirect("credential_detail", pk=pk)
        except Refused as refused:
            tell(form, refused)
    return _shown(request, queries.with_case().get(pk=pk), form, status=409)


@require_safe
def profile(request: HttpRequest) -> HttpResponse:
    keys = [key.id for key in issuer.all_keys()]
    return render(request, "credentials/issuer.html", {"issuer": issuer.profile(), "keys": keys})


def _shown(request: HttpRequest, credential: Credential, form: RevokeForm, status: int = 200) -> HttpResponse:
    context = {
        "credential": credential,
        "holder": queries.holder_name(credential.document),
        "achievement": credential.document["credentialSubject"]["achievement"],
        "evidence": credential.document["evidence"][0],
        "skills": alignments.titles(credential.skills),
        "issuer": issuer.profile(),
        "qr": drawing.qr(credential.document["id"]),
        "can_revoke": credential.revoked_at is None and rules.can_revoke(person_of(request), credential),
        "form": form,
    }
    return render(request, "credentials/show.html", context, status=status)
