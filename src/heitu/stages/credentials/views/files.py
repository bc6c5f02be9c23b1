"""What programs read, from any origin: credentials in every form, revocation lists, the issuer's DID document."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from heitu.ground.core import clock
from heitu.stages.credentials import actions, queries
from heitu.stages.credentials.badge import baking, drawing
from heitu.stages.credentials.models import Credential


@require_safe
def as_json(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _answer(_text(_signed(pk).document), "application/vc+ld+json", f"{pk}.json")


@require_safe
def as_jwt(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    return _answer(_signed(pk).jwt, "application/vc+jwt", f"{pk}.jwt")


@require_safe
def as_svg(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    credential = _signed(pk)
    baked = baking.bake_svg(drawing.svg(queries.face(credential)), _text(credential.document))
    return _answer(baked, "image/svg+xml", f"{pk}.svg")


@require_safe
def as_png(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    credential = _signed(pk)
    baked = baking.bake_png(drawing.png(queries.face(credential)), _text(credential.document))
    return _answer(baked, "image/png", f"{pk}.png")


@require_safe
def status_json(request: HttpRequest, number: int) -> HttpResponse:
    _known_list(number)
    return _answer(_text(queries.status_list(number, now=clock.now())), "application/vc+ld+json")


@require_safe
def status_jwt(request: HttpRequest, number: int) -> HttpResponse:
    _known_list(number)
    return _answer(queries.status_token(number, now=clock.now()), "application/vc+jwt")


@require_safe
def did_document(request: HttpRequest) -> HttpResponse:
    return _answer(_text(queries.did_document()), "application/did+ld+json")


def _signed(pk: uuid.UUID) -> Credential:
    """The credential with its signatures, which the first reader adds if the queue hasn't yet."""
    return actions.sign(credential=get_object_or_404(Credential, pk=pk), now=clock.now())


def _known_list(number: int) -> None:
    """Lists exist as far as credentials do, and the first one always."""
    if number > queries.last_list():
        raise Http404


def _text(document: dict[str, Any]) -> str:
    """JSON with the context first, as people expect it; the database doesn't keep the order."""
    first = {"@context": document["@context"]}
    return json.dumps({**first, **document}, ensure_ascii=False, indent=1)


def _answer(content: str | bytes, kind: str, filename: str = "") -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Access-Control-Allow-Origin"] = "*"
    answer["Cache-Control"] = "public, max-age=300"
    if filename:
        answer["Content-Disposition"] = f'inline; filename="{filename}"'
    return answer
