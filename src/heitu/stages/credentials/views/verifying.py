"""The public page that verifies a badge."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from heitu.ground.core import clock
from heitu.stages.credentials import actions, queries
from heitu.stages.credentials.badge.verifying import Report, verify
from heitu.stages.credentials.forms import VerifyForm
from heitu.stages.credentials.models import Credential


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest) -> HttpResponse:
    """Nothing that is handed in is kept."""
    if request.method != "POST":
        return render(request, "credentials/verify.html", {"form": VerifyForm()})
    form = VerifyForm(request.POST, request.FILES)
    if not form.is_valid():
        return render(request, "credentials/verify.html", {"form": form}, status=400)
    return _reported(request, form, form.content())


@require_http_methods(["GET", "HEAD"])
def ours(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of our own, checked as a stranger's would be: by its token."""
    credential = actions.sign(credential=get_object_or_404(Credential, pk=pk), now=clock.now())
    return _reported(request, VerifyForm(), credential.jwt.encode())


def _reported(request: HttpRequest, form: VerifyForm, content: bytes) -> HttpResponse:
    report = verify(content, knowledge=queries.knowledge(), now=clock.now())
    return render(request, "credentials/verify.html", {"form": form, "report": report, "said": _said(report)})


def _said(report: Report) -> dict[str, Any]:
    """What the credential says of itself, in strings that a page can print; {} where it can't be trusted at all."""
    credential = report.credential
    if credential is None or report.verdict == "fail":
        return {}
    issuer, subject = credential["issuer"], credential["credentialSubject"]
    achievement = subject["achievement"]
    identity = str(credential["id"])
    return {
        "name": achievement["name"],
        "holder": queries.holder_name(credential),
        "issuer": issuer.get("name", issuer.get("id")) if isinstance(issuer, dict) else issuer,
        "since": credential["validFrom"],
        "id": identity,
        "url": identity if identity.startswith(("https://", "http://")) else "",
    }
