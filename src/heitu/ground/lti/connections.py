"""How a platform is reached: httpx, by the number that was looked at, with the certificate of the name."""

from __future__ import annotations

import ssl
import time
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from heitu.ground.core.text import Text
from heitu.ground.lti.unanswered import Unanswered, silent

SECONDS, MOST_SECONDS = 5.0, 20.0  # for each step, and for an answer as a whole
MOST_BYTES = 4 << 20  # a list of some thousand members


def answered(method: str, url: str, numbers: list[str], headers: dict[str, str], sent: dict[str, Any]) -> httpx.Response:
    """By one number after the other until one can be connected to. Raises Unanswered."""
    try:
        return _by_number(method, url, numbers, headers, sent)
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise silent(type(error).__name__) from error


def _by_number(method: str, url: str, numbers: list[str], headers: dict[str, str], sent: dict[str, Any]) -> httpx.Response:
    whole, host = httpx.URL(url), urlsplit(url.strip()).hostname or ""
    doors = [whole] if _is_proxied(whole.scheme, host) else [whole.copy_with(host=number) for number in numbers]
    if not doors:
        raise silent("unknown host")
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
            raise silent("too slow")
    return body


@lru_cache(maxsize=32)
def _client(host: str) -> httpx.Client:
    """One for each host: connections are kept by number, and two hosts may share one."""
    return httpx.Client(timeout=SECONDS, follow_redirects=False, verify=_certificates())


@lru_cache(maxsize=1)
def _certificates() -> ssl.SSLContext:
    """Reading the system's takes longer than most calls."""
    return httpx.create_ssl_context()
