"""Calls to platforms: a few seconds, a few megabytes, no redirects, only to numbers that were looked at."""

from __future__ import annotations

import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.lti.addresses import reachable

SECONDS, MOST_SECONDS = 5.0, 20.0  # for each step, and for an answer as a whole
MOST_BYTES = 4 << 20  # a list of some thousand members
PASSING = frozenset({401, 408, 425, 429, 500, 502, 503, 504})  # what another try may mend


class Unanswered(Refused):
    """The platform didn't do what we asked. `passes`: another try may."""

    def __init__(self, code: str, message: Text, *, passes: bool, status: int = 0) -> None:
        super().__init__(code, message)
        self.passes, self.status = passes, status


def call(method: str, url: str, *, headers: Mapping[str, str] | None = None, **sent: Any) -> httpx.Response:
    """The answer, which is 2xx. Raises Unanswered, or Refused where the address isn't one to call."""
    numbers = reachable(url)
    try:
        answer = _answered(method, url, numbers, dict(headers or {}), sent)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise _silent(type(error).__name__) from error
    if not answer.is_success:
        raise _turned_down(answer.status_code, answer.content)
    return answer


def _answered(method: str, url: str, numbers: list[str], headers: dict[str, str], sent: dict[str, Any]) -> httpx.Response:
    """By one number after the other until one can be connected to."""
    whole, host = httpx.URL(url), urlsplit(url.strip()).hostname or ""
    doors = [whole] if _is_proxied(whole.scheme, host) else [whole.copy_with(host=number) for number in numbers]
    if not doors:
        raise _silent("unknown host")
    sent = sent | {"headers": headers | {"Host": whole.netloc.decode()}}
    for door in doors[:-1]:
        with suppress(httpx.ConnectError):
            return _streamed(method, door, host, sent)
    return _streamed(method, doors[-1], host, sent)


def _streamed(method: str, door: httpx.URL, host: str, sent: dict[str, Any]) -> httpx.Response:
    """The certificate has to be the host's, by whatever number it is called."""
    with _client(host).stream(method, door, extensions={"sni_hostname": host}, **sent) as response:
        return httpx.Response(response.status_code, content=_read(response), headers=_plain(response.headers))


def _is_proxied(scheme: str, host: str) -> bool:
    """Then the operator's proxy finds the host, and says what may be called."""
    proxies = getproxies()
    return (scheme in proxies or "all" in proxies) and not proxy_bypass(host)


def _plain(headers: httpx.Headers) -> list[tuple[str, str]]:
    """Without what said how the body was packed, which it is no more."""
    return [(name, value) for name, value in headers.multi_items() if name not in ("content-encoding", "content-length")]


def _read(response: httpx.Response) -> bytes:
    body, until = b"", time.monotonic() + MOST_SECONDS
    for piece in response.iter_bytes():
        body += piece
        if len(body) > MOST_BYTES:
            raise Unanswered("answer_too_long", Text(zh="平台的应答过长。", en="The platform's answer is too long."), passes=False)
        if time.monotonic() > until:
            raise _silent("too slow")
    return body


def _silent(what: str) -> Unanswered:
    words = Text(zh=f"平台没有应答（{what}）。", en=f"The platform doesn't answer ({what}).")
    return Unanswered("platform_silent", words, passes=True)


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


@lru_cache(maxsize=32)
def _client(host: str) -> httpx.Client:
    """One for each host: connections are kept by number, and two hosts may share one."""
    return httpx.Client(timeout=SECONDS, follow_redirects=False, verify=_certificates())


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading the system's takes longer than most calls."""
    return httpx.create_ssl_context()
