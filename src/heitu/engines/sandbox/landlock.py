"""Landlock: file access, TCP ports, abstract sockets and signals, denied by the kernel below the filter."""

from __future__ import annotations

import ctypes
import os

from heitu.engines.sandbox import kernel

_EXECUTE, _WRITE, _READ, _LIST = 1, 2, 4, 8
# Access rights known to each version: 13 in the first, then refer, truncate, (network), ioctl on devices.
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
_DEVICE_IOCTL = 1 << 15
_TCP_BIND_AND_CONNECT = 3
_ABSTRACT_SOCKETS_AND_SIGNALS = 3
_PATH_BENEATH, _NET_PORT = 1, 2
_FIRST_WITH_PORTS = 4


class _Ruleset(ctypes.Structure):
    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scoped", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = [("access", ctypes.c_uint64), ("parent", ctypes.c_int32)]


class _Port(ctypes.Structure):
    _fields_ = [("access", ctypes.c_uint64), ("port", ctypes.c_uint64)]


def restrict(*, writable: list[str], readable: list[str], programs: bool, port: int = 0) -> None:
    """Deny this process everything but reading beneath `readable` and anything beneath `writable`.

    `programs` allows starting what lies beneath `readable`; `port`, where not 0, is the only one for TCP.
    Needs no_new_privs.
    Raises KernelError where the kernel has no Landlock.
    """
    version = kernel.landlock_abi()
    rights = _FILE_RIGHTS[min(max(version, 1), 5)]
    ruleset = kernel.call("landlock_create_ruleset", _ruleset(version, rights), _size(version), 0)
    try:
        for path in readable:
            _allow(ruleset, path, _READ | _LIST | (_EXECUTE if programs else 0))
        for path in writable:
            _allow(ruleset, path, rights & ~_DEVICE_IOCTL & ~(0 if programs else _EXECUTE))
        if port and version >= _FIRST_WITH_PORTS:
            kernel.call("landlock_add_rule", ruleset, _NET_PORT, _Port(_TCP_BIND_AND_CONNECT, port), 0)
        kernel.call("landlock_restrict_self", ruleset, 0)
    finally:
        os.close(ruleset)


def _ruleset(version: int, rights: int) -> _Ruleset:
    network = _TCP_BIND_AND_CONNECT if version >= _FIRST_WITH_PORTS else 0
    return _Ruleset(rights, network, _ABSTRACT_SOCKETS_AND_SIGNALS if version >= 6 else 0)


def _size(version: int) -> int:
    if version >= 6:
        return 24
    return 16 if version >= _FIRST_WITH_PORTS else 8


def _allow(ruleset: int, path: str, access: int) -> None:
    parent = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        if not os.path.isdir(path):
            access &= _EXECUTE | _WRITE | _READ
        kernel.call("landlock_add_rule", ruleset, _PATH_BENEATH, _Beneath(access, parent), 0)
    finally:
        os.close(parent)
