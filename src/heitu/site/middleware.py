"""Who asks, in which language and zone; and how a refusal is answered."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.db import DataError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from heitu.ground.core.errors import Refused, refuse

Handler = Callable[[HttpRequest], HttpResponse]


class PersonMiddleware:
    """Shows times in the person's own zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            timezone.activate(zoneinfo.ZoneInfo(request.user.time_zone))
        else:
            timezone.deactivate()
        return self.get_response(request)


class RefusedMiddleware:
    """Turns a `Refused` that no form caught into 409: a page for people, problem+json for programs.

    So, too, what PostgreSQL alone refuses: NUL, which JSON, forms and addresses may all carry.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError) and any(words in str(error) for words in NUL):
            error = refuse(
                "nul_character", "内容里有看不见的空字符（NUL），请去掉后再试。",
                "The text holds an invisible NUL character. Take it out and try again.",
            )
        if not isinstance(error, Refused):
            return None
        if request.path.startswith("/api/"):
            return problem(error)
        return render(request, "refused.html", {"refused": error}, status=409)


NUL = ("NUL (0x00)", "\\u0000 cannot be converted")  # what PostgreSQL says of it in a text, and in JSON

CONTENT_POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'"
)


class ContentPolicyMiddleware:
    """Nothing on our pages comes from elsewhere, and nothing inline runs."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        return response


def problem(error: Refused, status: int = 409) -> JsonResponse:
    """RFC 9457 problem details for a refusal, in both languages."""
    body = {
        "type": f"urn:heitu:refused:{error.code}",
        "title": str(error.message),
        "status": status,
        "code": error.code,
        "message": error.message.model_dump(),
        "field": error.field,
        "details": error.details,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")
