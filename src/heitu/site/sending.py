"""What is sent to us: not more than we would ever take, and a form that comes twice is done once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from heitu.ground.core.errors import Refused, refuse
from heitu.site.middleware import Handler, problem
from heitu.ui.forms import SENT

MOST_BYTES = 80 << 20  # above every upload's own limit, so that each can name itself
REMEMBERED = 3600.0  # seconds
_SHOWN = ""  # the answer was a page, not an address


class MostBytesMiddleware:
    """Refuses what says that it is too large before any of it is read, with 413."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdecimal() and int(length) > MOST_BYTES:
            return _refused(request, _too_large(int(length)), 413)
        return self.get_response(request)


class SentOnceMiddleware:
    """A form that carries a key is done once for each person: the same sent again is answered as before.

    Two that come at once wait for each other. A form that was refused, or changed, may come again from the same page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.method == "POST" and request.user.is_authenticated and request.POST.get(SENT)
        if not sent:
            return self.get_response(request)
        key = _key(request)
        with _alone(key):
            before = cache.get(key)
            return _once(request, key, self.get_response) if before is None else _again(request, before)


def _key(request: HttpRequest) -> str:
    """Stands for who sends what to where, files and all."""
    fields = sorted((name, values) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken")
    found = hashlib.sha256(repr((request.user.pk, request.get_full_path(), fields)).encode())
    for name, files in sorted(request.FILES.lists()):
        for file in files:
            found.update(f"{name} {file.name}".encode())
            for part in file.chunks():
                found.update(part)
            file.seek(0)
    return found.hexdigest()


def _once(request: HttpRequest, key: str, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    response = get_response(request)
    if response.status_code in (200, 302):
        cache.set(key, response.headers.get("Location", _SHOWN), REMEMBERED)
    return response


def _again(request: HttpRequest, before: str) -> HttpResponse:
    if before != _SHOWN:
        return redirect(before)
    error = refuse(
        "sent_before", "这份表单已经提交过了，结果显示在第一次的页面上。请刷新本页查看现在的情况。",
        "This form has been sent before, and the answer was shown then. Load the page anew to see how things stand.",
    )
    return _refused(request, error, 409)


@contextmanager
def _alone(key: str) -> Iterator[None]:
    """One at a time, whichever process they came to."""
    number = int(key[:15], 16)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s::bigint)", [number])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s::bigint)", [number])


def _too_large(length: int) -> Refused:
    found, most = length >> 20, MOST_BYTES >> 20
    return refuse(
        "too_large", f"一次最多上传 {most} MB，这次有 {found} MB。请压缩或拆分后再传。",
        f"At most {most} MB can be sent at once; this is {found} MB. Compress it or split it.",
    )


def _refused(request: HttpRequest, error: Refused, status: int) -> HttpResponse:
    if request.path.startswith("/api/"):
        return problem(error, status)
    return render(request, "refused.html", {"refused": error}, status=status)
