"""Addresses: ours, and whether others' are where they should be."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from heitu.ground.core.errors import Refused, refuse

HOST = re.compile(r"[a-z0-9._-]+|[0-9a-f:.]+")  # what may stand in a header; other scripts come as punycode


def ours(name: str, *args: object) -> str:
    """A page of ours with its whole address, as others write it down."""
    return f"{settings.SITE_URL.rstrip('/')}{reverse(name, args=args)}"


def path_of(url: str) -> str | None:
    """The path of an address of ours; None for anybody else's."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.username is not None or origin(url) != origin(settings.SITE_URL):
        return None
    return parts.path or "/"


def origin(url: str) -> str:
    """`https://host[:port]` in lower case without the usual port; nothing where there is no such thing."""
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not HOST.fullmatch(parts.hostname or ""):
        return ""
    name = parts.hostname or ""
    host = f"[{name}]" if ":" in name else name
    usual = {"http": 80, "https": 443}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def is_at(url: str, origins: Iterable[str]) -> bool:
    found = origin(url)
    return bool(found) and any(_fits(found, each) for each in origins)


def _fits(found: str, allowed: str) -> bool:
    scheme, _, host = allowed.partition("://")
    if not host.startswith("*."):
        return found == allowed
    return found.startswith(f"{scheme}://") and found.endswith(host[1:])


def insist_on_callable(url: str, *, field: str | None = None) -> None:
    """Raises Refused where our server shouldn't call, as far as the address itself tells: no https, or this machine.

    Where this site is itself tried out over plain http, a platform may be on this machine.
    """
    found, host = origin(url), urlsplit(url).hostname if origin(url) else None
    if not host:
        raise refuse("address_malformed", f"“{url[:100]}”不是网址。", f"“{url[:100]}” is no address.", field=field)
    is_local = _is_local(host)
    if settings.SECURE and is_local:
        raise _local(host, field)
    if not found.startswith("https://") and not (is_local and not settings.SECURE):
        raise refuse("address_insecure", "网址须以 https:// 开头。", "The address has to begin with https://.", field=field)


def insist_on_reachable(url: str) -> None:
    """As `insist_on_callable`, and what the name stands for just now isn't this machine either."""
    insist_on_callable(url)
    host = urlsplit(url).hostname or ""
    if settings.SECURE and any(_is_local(each) for each in _resolved(host)):
        raise _local(host, None)


def _local(host: str, field: str | None) -> Refused:
    return refuse("address_local", f"{host} 是本机地址。", f"{host} is an address of this machine.", field=field)


def _resolved(host: str) -> set[str]:
    """Nothing for a name that nobody knows."""
    try:
        return {str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return set()


def _is_local(host: str) -> bool:
    """Loopback, link-local (where clouds keep their metadata) or unspecified, by number or by its reserved name."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    plain = getattr(address, "ipv4_mapped", None) or address
    return bool(plain.is_loopback or plain.is_link_local or plain.is_unspecified or plain.is_multicast)
