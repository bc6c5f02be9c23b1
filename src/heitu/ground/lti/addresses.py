"""Addresses: ours, and whether others' are where they should be."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from heitu.ground.core.errors import Refused, refuse

TRANSLATED = ip_network("64:ff9b::/96")
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


def reachable(url: str) -> list[str]:
    """The numbers that the name stands for just now, each checked; none for a name that nobody knows.

    Who calls uses exactly these: a name that is asked for again may lead elsewhere. Raises Refused as `insist_on_callable`,
    and `address_private` where the operator's `HEITU_LMS_NETWORKS` doesn't name a campus network that it leads into.
    """
    insist_on_callable(url)
    host = urlsplit(url.strip()).hostname or ""
    found = _resolved(host)
    if settings.SECURE and any(_is_local(each) for each in found):
        raise _local(host, None)
    inside = next((each for each in found if settings.SECURE and not _is_allowed(ip_address(each))), None)
    if inside is not None:
        raise refuse(
            "address_private", f"{host} 指向内网地址 {inside}；请运维在 HEITU_LMS_NETWORKS 里列出这个网段。",
            f"{host} leads to {inside} in a private network: the operator may name that network in HEITU_LMS_NETWORKS.",
        )
    return found


def _local(host: str, field: str | None) -> Refused:
    return refuse("address_local", f"{host} 是本机地址。", f"{host} is an address of this machine.", field=field)


def _resolved(host: str) -> list[str]:
    """In the system's order, the likeliest first; nothing for a name that nobody knows."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(str(info[4][0]).partition("%")[0] for info in found))


def _is_allowed(number: IPv4Address | IPv6Address) -> bool:
    plain = _carried(number) if isinstance(number, IPv6Address) else number
    return plain.is_global or any(plain in network for network in _networks(settings.LMS_NETWORKS))


def _carried(number: IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 number that an IPv6 one stands for: mapped, by 6to4 (RFC 3056), or by a translator (RFC 6052)."""
    translated = IPv4Address(int(number) & 0xFFFFFFFF) if number in TRANSLATED else None
    return number.ipv4_mapped or number.sixtofour or translated or number


@lru_cache(maxsize=8)
def _networks(listed: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Raises ImproperlyConfigured."""
    try:
        return tuple(ip_network(each.strip()) for each in listed.split(",") if each.strip())
    except ValueError as error:
        raise ImproperlyConfigured(f"HEITU_LMS_NETWORKS: {error}") from error


def _is_local(host: str) -> bool:
    """Loopback, link-local (where clouds keep their metadata) or unspecified, by number or by its reserved name."""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    plain = _carried(address) if isinstance(address, IPv6Address) else address
    return bool(plain.is_loopback or plain.is_link_local or plain.is_unspecified or plain.is_multicast)
