"""Which repositories may be fetched: the operator's list of hosts, an address checked against it, its numbers.

`HEITU_GIT_HOSTS` lists `host`, `host:port` or `host=network`, separated by commas. Where no network is named, a host
must have public addresses only; an institution's own server is named with its network, `git.campus.example=10.0.0.0/8`.
"""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from heitu.ground.core.errors import Refused, refuse

MOST_LETTERS = 300
_HOST = re.compile(r"(?P<name>[a-z0-9]([a-z0-9.-]*[a-z0-9])?)(:(?P<port>\d{1,5}))?(=(?P<network>[0-9a-f.:/]+))?")
_PATH = re.compile(r"(/[A-Za-z0-9_~+@-][A-Za-z0-9_.~+@-]*)+/?")
_TRANSLATED = ip_network("64:ff9b::/96")
# No leading dash, colon, caret or asterisk: the name of a branch or tag, or a whole commit id, and nothing else to git.
_REVISION = re.compile(r"(?!.*(\.\.|//|@\{|\.lock$))\w[\w./+@#-]{0,199}")


@dataclass(frozen=True)
class Host:
    """A server that the operator allows, and the network that it must be in; without one, anywhere public."""

    name: str
    port: int = 443
    network: IPv4Network | IPv6Network | None = None

    def __str__(self) -> str:
        return self.name if self.port == 443 else f"{self.name}:{self.port}"


@dataclass(frozen=True)
class Address:
    """A repository on an allowed host; `path` starts with a slash."""

    host: Host
    path: str

    @property
    def url(self) -> str:
        """Written anew from checked parts, so that nobody reads it in another way than we did."""
        return f"https://{self.host}{self.path}"

    @property
    def name(self) -> str:
        """The repository's own name."""
        return self.path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".git") or "repository"


def allowed_hosts() -> list[Host]:
    """The operator's list; empty where work can't be handed in by address. Raises ImproperlyConfigured."""
    return list(_hosts(settings.GIT_HOSTS))


@lru_cache(maxsize=8)
def _hosts(listed: str) -> tuple[Host, ...]:
    return tuple(_host(entry.strip()) for entry in listed.split(",") if entry.strip())


def _host(entry: str) -> Host:
    found = _HOST.fullmatch(entry.lower())
    try:
        if found is None:
            raise ValueError("expected host, host:port or host=network")
        network = ip_network(found["network"]) if found["network"] else None
        return Host(found["name"], int(found["port"] or 443), network)
    except ValueError as error:
        raise ImproperlyConfigured(f"HEITU_GIT_HOSTS: {entry}: {error}") from error


def read_address(text: str) -> Address:
    """Raises Refused `repository_scheme`, `repository_address` or `repository_host`, all of the field `repository`."""
    text = text.strip()
    try:
        parts = urlsplit(text)
        port = parts.port or 443
    except ValueError:
        raise _bad_address() from None
    if parts.scheme != "https":
        raise _refuse("repository_scheme", "仓库地址须以 https:// 开头。", "The repository's address must start with https://.")
    host = next((host for host in allowed_hosts() if (host.name, host.port) == (parts.hostname, port)), None)
    if host is None:
        listed = "、".join(map(str, allowed_hosts())), ", ".join(map(str, allowed_hosts()))
        raise _refuse(
            "repository_host", f"只接受这些网站上的仓库：{listed[0]}。", f"Only repositories on these hosts are taken: {listed[1]}.",
        )
    if not _is_plain(parts, text):
        raise _bad_address()
    return Address(host, parts.path)


def _is_plain(parts: SplitResult, text: str) -> bool:
    """No name, password, query or fragment, and a path that means itself."""
    is_bare = "@" not in parts.netloc and re.search(r"[?#\s]", text) is None  # urlsplit drops line ends
    return is_bare and len(text) <= MOST_LETTERS and _PATH.fullmatch(parts.path) is not None


def _bad_address() -> Refused:
    return _refuse(
        "repository_address",
        f"仓库地址应形如 https://主机/用户/仓库.git，不含用户名、密码与参数，至多 {MOST_LETTERS} 个字符。",
        f"A repository's address looks like https://host/user/repository.git, without name, password or query, in "
        f"{MOST_LETTERS} characters at most.",
    )


def read_revision(text: str) -> str:
    """The revision as git may be asked for it; HEAD where none is named. Raises Refused `revision_name`."""
    text = text.strip() or "HEAD"
    if not _REVISION.fullmatch(text):
        raise refuse(
            "revision_name", "版本应为分支名、标签名或完整的提交号。",
            "The revision must be the name of a branch or tag, or a whole commit id.", field="revision",
        )
    return text


def resolved(host: Host) -> list[str]:
    """The numbers of the host, all of them checked. Raises Refused `repository_unresolved` or `repository_private`.

    Who connects must use exactly these: a name that is resolved again may then lead elsewhere.
    """
    try:
        found = {str(each[4][0]) for each in socket.getaddrinfo(host.name, host.port, type=socket.SOCK_STREAM)}
    except OSError as error:
        raise _refuse(
            "repository_unresolved", f"找不到主机 {host}，请稍后再试。", f"{host} can't be found now. Try again later."
        ) from error
    if not all(_is_allowed(ip_address(each), host) for each in found):
        raise _refuse(
            "repository_private", f"主机 {host} 指向不允许的网络。", f"{host} leads into a network that isn't allowed."
        )
    return sorted(found)


def _is_allowed(number: IPv4Address | IPv6Address, host: Host) -> bool:
    if host.network is not None:
        return number in host.network
    carried = _carried(number) if isinstance(number, IPv6Address) else None
    return (carried or number).is_global and not number.is_multicast


def _carried(number: IPv6Address) -> IPv4Address | None:
    """The IPv4 number that an IPv6 one stands for: mapped, by 6to4 (RFC 3056), or by a translator (RFC 6052)."""
    translated = IPv4Address(int(number) & 0xFFFFFFFF) if number in _TRANSLATED else None
    return number.ipv4_mapped or number.sixtofour or translated


def _refuse(code: str, zh: str, en: str) -> Refused:
    return refuse(code, zh, en, field="repository")
