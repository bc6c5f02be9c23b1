"""The system call filter: a classic BPF program built here and installed once, irrevocably."""

from __future__ import annotations

import ctypes
import functools
import struct

from heitu.engines.sandbox import kernel, syscalls

_LOAD, _EQUAL, _ANY_BIT, _AT_LEAST, _RETURN = 0x20, 0x15, 0x45, 0x35, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_EPERM, _ENOSYS, _ENOTTY = 1, 38, 25
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND, _THIRD, _FOURTH = 0, 4, 16, 24, 32, 40
_AUDIT = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_NEW_NAMESPACES = 0x7E020000 | 0x80
# TCGETS, FIONREAD, FIONCLEX, FIOCLEX: what opening files and asking for a terminal does.
_HARMLESS_IOCTLS = (0x5401, 0x541B, 0x5450, 0x5451)
# F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_DUPFD_CLOEXEC: no locks, leases, owners, seals or pipe sizes.
_HARMLESS_FCNTLS = (0, 1, 2, 3, 4, 1030)
# FIONBIO: sockets that don't block.
_SOCKET_IOCTLS = (*_HARMLESS_IOCTLS, 0x5421)
_AF_UNIX, _AF_INET, _SOL_SOCKET, _TCP = 1, 2, 1, 6
# SOCK_STREAM with and without SOCK_NONBLOCK and SOCK_CLOEXEC.
_STREAMS = (0x1, 0x801, 0x80001, 0x80801)
# SO_REUSEADDR, SO_SNDBUF, SO_RCVBUF, SO_KEEPALIVE, SO_LINGER, SO_REUSEPORT, SO_RCVTIMEO, SO_SNDTIMEO.
_SOCKET_OPTIONS = (2, 7, 8, 9, 13, 15, 20, 21)
_TCP_NODELAY = 1
# All but MSG_PEEK, MSG_DONTWAIT, MSG_WAITALL, MSG_NOSIGNAL and MSG_MORE: nothing out of band.
_UNUSUAL_FLAGS = 0xFFFFFFFF & ~(0x2 | 0x40 | 0x100 | 0x4000 | 0x8000)
# MAP_HUGETLB: the host's reserve of huge pages, which no limit on memory counts.
_HUGE_PAGES = 0x40000
_SET_MODE_FILTER = 1

Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


@functools.cache
def program(*, programs: bool, loopback: bool = False) -> bytes:
    """The filter as bytes; `programs` also allows execve, `loopback` streams by IPv4.

    Raises KernelError on an unknown architecture.

    Kept, so that the warm parent can build it once for all its children.
    """
    if syscalls.MACHINE not in _AUDIT:
        raise kernel.KernelError(_ENOSYS, f"seccomp: no filter for {syscalls.MACHINE}")
    rows = [*_guard_architecture(), *_judge_arguments(_SOCKET_IOCTLS if loopback else _HARMLESS_IOCTLS)]
    rows += _judge_sockets() if loopback else []
    more = {**(syscalls.PROGRAMS if programs else {}), **(syscalls.LOOPBACK if loopback else {})}
    allowed = {**syscalls.ALLOWED, **more}
    for number in sorted(allowed.values()):
        rows += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _ALLOW)]
    rows.append((_RETURN, 0, 0, _ERRNO | _EPERM))
    return b"".join(struct.pack("HBBI", *row) for row in rows)


def _guard_architecture() -> list[Instruction]:
    """Another architecture's calls (32-bit, x32) would carry other numbers: they end the process."""
    return [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_EQUAL, 1, 0, _AUDIT[syscalls.MACHINE]),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),
        (_RETURN, 0, 0, _KILL),
    ]


def _judge_arguments(ioctls: tuple[int, ...]) -> list[Instruction]:
    """clone without new namespaces, no clone3 (its flags are out of the filter's sight), few ioctls and fcntls, no huge
    pages, and limits of the caller's own alone.
    """
    special = syscalls.SPECIAL
    return [
        (_EQUAL, 0, 1, special["clone3"]),
        (_RETURN, 0, 0, _ERRNO | _ENOSYS),
        (_EQUAL, 0, 4, special["clone"]),
        (_LOAD, 0, 0, _FIRST),
        (_ANY_BIT, 0, 1, _NEW_NAMESPACES),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
        *_only("ioctl", [{_SECOND: ioctls}], _ENOTTY),
        *_only("fcntl", [{_SECOND: _HARMLESS_FCNTLS}], _EPERM),
        *_without_flags("mmap", _HUGE_PAGES),
        *_only("prlimit64", [{_FIRST: (0,)}], _EPERM),
    ]


def _judge_sockets() -> list[Instruction]:
    """Streams by IPv4, pairs of streams within the sandbox, and the options that servers set."""
    return [
        *_only("socket", [{_FIRST: (_AF_INET,), _SECOND: _STREAMS, _THIRD: (0, _TCP)}], _EPERM),
        *_only("socketpair", [{_FIRST: (_AF_UNIX,), _SECOND: _STREAMS}], _EPERM),
        *_only(
            "setsockopt",
            [{_SECOND: (_SOL_SOCKET,), _THIRD: _SOCKET_OPTIONS}, {_SECOND: (_TCP,), _THIRD: (_TCP_NODELAY,)}],
            _EPERM,
        ),
        *_without_flags("sendto", _UNUSUAL_FLAGS),
        *_without_flags("recvfrom", _UNUSUAL_FLAGS),
    ]


def _without_flags(name: str, unusual: int) -> list[Instruction]:
    """The call with none of the unusual bits in its fourth argument."""
    return [
        (_EQUAL, 0, 4, syscalls.SPECIAL[name]),
        (_LOAD, 0, 0, _FOURTH),
        (_ANY_BIT, 0, 1, unusual),
        (_RETURN, 0, 0, _ERRNO | _EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _only(name: str, alternatives: list[dict[int, tuple[int, ...]]], error: int) -> list[Instruction]:
    """The call with arguments (by their offset) as one of the alternatives has them; with others it gets `error`."""
    rows = [row for alternative in alternatives for row in _alternative(alternative)]
    return [(_EQUAL, 0, len(rows) + 1, syscalls.SPECIAL[name]), *rows, (_RETURN, 0, 0, _ERRNO | error)]


def _alternative(arguments: dict[int, tuple[int, ...]]) -> list[Instruction]:
    """Allow where each argument has one of its values, else go on behind this."""
    rows: list[Instruction] = [(_RETURN, 0, 0, _ALLOW)]
    for offset, values in reversed(arguments.items()):
        last = len(values) - 1
        tests = [(_EQUAL, last - n, 0 if n < last else len(rows), value) for n, value in enumerate(values)]
        rows = [(_LOAD, 0, 0, offset), *tests, *rows]
    return rows


def install(*, programs: bool, loopback: bool = False) -> None:
    """Put the filter on this process and all that it starts. Needs no_new_privs. Raises KernelError."""
    code = ctypes.create_string_buffer(program(programs=programs, loopback=loopback))
    filter_ = _Program((len(code) - 1) // 8, ctypes.addressof(code))
    kernel.call("seccomp", _SET_MODE_FILTER, 0, filter_)
