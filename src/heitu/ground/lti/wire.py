"""Calls to platforms: a few seconds, a megabyte, no redirects, never to this machine."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import httpx

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.lti.addresses import insist_on_reachable

SECONDS = 5.0
MOST_BYTES = 1 << 20
PASSING = frozenset({401, 408, 425, 429, 500, 502, 503, 504})  # what another try may mend


class Unanswered(Refused):
    """The platform didn't do what we asked. `passes`: another try may."""

    def __init__(self, code: str, message: Text, *, passes: bool, status: int = 0) -> None:
        super().__init__(code, message)
        self.passes, self.status = passes, status


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
    """The answer, which is 2xx. Raises Unanswered, or Refused where the address isn't one to call."""
    insist_on_reachable(url)
    try:
        with _client().stream(method, url, headers=dict(headers or {}), **sent) as response:
            body = _read(response)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        what = type(error).__name__
        words = Text(zh=f"平台没有应答（{what}）。", en=f"The platform doesn't answer ({what}).")
        raise Unanswered("platform_silent", words, passes=True) from error
    if not response.is_success:
        raise _turned_down(response.status_code, body)
    return httpx.Response(response.status_code, headers=_plain(response.headers), content=body)


def _plain(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Without what said how the body was packed, which it is no more."""
    return [(name, value) for name, value in headers.multi_items() if name not in ("content-encoding", "content-length")]


def _read(response: httpx.Response) -> bytes:
    body = b""
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise Unanswered("answer_too_long", Text(zh="平台的应答过长。", en="The platform's answer is too long."), passes=False)
    return body


def _turned_down(status: int, body: bytes) -> Unanswered:
    said = body[:200].decode("utf-8", "replace").replace("\0", "")
    words = Text(zh=f"平台应答 {status}：{said}", en=f"The platform answers {status}: {said}")
    return Unanswered("platform_refuses", words, passes=status in PASSING, status=status)


def json_of(response: httpx.Response) -> Any:
    """Raises Refused `not_json`."""
    try:
        return response.json()
    except ValueError:
        raise refuse("not_json", "平台的应答不是 JSON。", "The platform's answer is no JSON.") from None


@lru_cache(maxsize=1)
def _client() -> httpx.Client:
    """One for all: reading the system's certificates takes longer than most calls."""
    return httpx.Client(timeout=SECONDS, follow_redirects=False)
