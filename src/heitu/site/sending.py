"""What is sent to us: not more than we would ever take, and a form that comes twice is done once."""

from __future__ import annotations

import hashlib
import time
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
A_MOMENT, MOST_WAIT, LOOK_EVERY = 0.5, 5.0, 0.05  # seconds
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

    A second that comes meanwhile waits for the first's answer, since the browser shows only the last. More of them wait no
    more than a moment, or an impatient person would hold every thread that answers. A form that was refused, or changed, may
    come again from the same page.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        sent = request.method == "POST" and request.user.is_authenticated and request.POST.get(SENT)
        if not sent:
            return self.get_response(request)
        key = _key(request)
        with _alone(key) as is_alone:
            if not is_alone:
                return _refused(request, _still_being_done(), 409)
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


def _still_being_done() -> Refused:
    return refuse(
        "still_being_done", "刚才提交的这份表单还在处理，请不要再次提交。过一会儿刷新本页，就会显示结果；同一份表单只办一次。",
        "This form is still being worked on, so there is no need to send it again. Reload this page in a moment to see "
        "the outcome: the same form is done once.",
    )


@contextmanager
def _alone(key: str) -> Iterator[bool]:
    """One at a time, whichever process they came to; one more waits its turn. False for whoever doesn't get one."""
    number = int(key[:15], 16)
    with _held(number, 0) as is_first:
        if is_first:
            yield True
            return
    with _held(-number, A_MOMENT) as is_second:
        if not is_second:
            yield False
            return
        with _held(number, MOST_WAIT) as is_first:
            yield is_first


@contextmanager
def _held(number: int, seconds: float) -> Iterator[bool]:
    """PostgreSQL's advisory lock of that number, asked for again and again until it is ours or `seconds` are over."""
    until = time.monotonic() + seconds
    while not (is_ours := _asked("SELECT pg_try_advisory_lock(%s::bigint)", number)) and time.monotonic() < until:
        time.sleep(LOOK_EVERY)
    try:
        yield is_ours
    finally:
        if is_ours:
            _asked("SELECT pg_advisory_unlock(%s::bigint)", number)


def _asked(statement: str, number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, [number])
        return bool(cursor.fetchone()[0])


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
