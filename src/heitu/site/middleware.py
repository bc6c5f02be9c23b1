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

    So, too, what PostgreSQL alone refuses: NUL, and what no column has room for, by which a rule above was forgotten.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, DataError):
            error = next((refusal for words, refusal in UNSTORABLE.items() if words in str(error)), error)
        if not isinstance(error, Refused):
            return None
        if request.path.startswith("/api/"):
            return problem(error)
        return render(request, "refused.html", {"refused": error}, status=409)


_NUL = refuse(
    "nul_character", "内容里有看不见的空字符（NUL），请去掉后再试。",
    "The text holds an invisible NUL character. Take it out and try again.",
)
UNSTORABLE: dict[str, Exception] = {  # by what PostgreSQL says
    "NUL (0x00)": _NUL,
    "\\u0000 cannot be converted": _NUL,
    "value too long for type": refuse(
        "text_too_long", "有一项内容太长，请缩短后再试。", "One of the texts is too long. Shorten it and try again."
    ),
    "out of range": refuse(
        "number_out_of_range", "有一个数字或日期超出了范围，请检查后再试。", "A number or a date is out of range. Check them and try again."
    ),
}

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
