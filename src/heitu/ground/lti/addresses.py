"""Addresses: ours, and whether others' are where they should be."""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse

from heitu.ground.core.errors import refuse

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


def insist_on_reachable(url: str, *, field: str = "") -> None:
    """Raises Refused where our server shouldn't call: no https, or an address of this machine itself.

    Where this site is itself tried out over plain http, so may be a platform on this machine.
    """
    found, host = origin(url), urlsplit(url).hostname if origin(url) else None
    if not host:
        raise refuse("address_malformed", f"“{url[:100]}”不是网址。", f"“{url[:100]}” is no address.", field=field or None)
    is_local = _is_local(host)
    if settings.SECURE and is_local:
        raise refuse("address_local", f"{host} 是本机地址。", f"{host} is an address of this machine.", field=field or None)
    if not found.startswith("https://") and not (is_local and not settings.SECURE):
        raise refuse("address_insecure", "网址须以 https:// 开头。", "The address has to begin with https://.", field=field or None)


def _is_local(host: str) -> bool:
    """Loopback, link-local (where clouds keep their metadata) or unspecified; a name that nobody knows isn't."""
    try:
        found = {info[4][0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError):
        return False
    return any(_is_inner(ipaddress.ip_address(str(each).partition("%")[0])) for each in found)


def _is_inner(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or address
    return mapped.is_loopback or mapped.is_link_local or mapped.is_unspecified or mapped.is_multicast
