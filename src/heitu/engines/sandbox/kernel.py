"""Thin calls into the C library and the kernel that Python 3.11 has no name for."""

from __future__ import annotations

import ctypes
import os

from heitu.engines.sandbox import syscalls

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 32, 4096, 16384, 1 << 18
MNT_DETACH = 2

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_CAPBSET_DROP = 1, 4, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38


class KernelError(OSError):
    """A system call was refused; `str()` names the call."""


def checked(result: int, what: str) -> int:
    """Return `result`, or raise KernelError with errno and the name of the call when it is negative."""
    if result < 0:
        number = ctypes.get_errno()
        raise KernelError(number, f"{what}: {os.strerror(number)}")
    return result


def call(name: str, *arguments: int | ctypes.Array[ctypes.c_char] | ctypes.Structure | None) -> int:
    """Make the system call `name` (one of syscalls.SPECIAL) with integers, buffers or structures."""
    number = syscalls.SPECIAL.get(name)
    if number is None:
        raise KernelError(38, f"{name}: no system call number known for {syscalls.MACHINE}")
    converted = [_argument(a) for a in arguments]
    return checked(_libc.syscall(ctypes.c_long(number), *converted), name)


def _argument(value: int | ctypes.Array[ctypes.c_char] | ctypes.Structure | None) -> object:
    if value is None:
        return None
    return ctypes.c_long(value) if isinstance(value, int) else ctypes.byref(value)


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """mount(2); strings empty where the call wants NULL."""
    result = _libc.mount(
        source.encode() or None,
        target.encode(),
        kind.encode() or None,
        ctypes.c_ulong(flags),
        options.encode() or None,
    )
    checked(result, f"mount {target}")


def detach(target: str) -> None:
    """Lazily unmount `target`."""
    checked(_libc.umount2(target.encode(), MNT_DETACH), f"umount {target}")


def unshare(flags: int) -> None:
    """Leave the named namespaces for new ones."""
    checked(_libc.unshare(flags), "unshare")


def enter(namespace: int, kind: int) -> None:
    """setns(2) to the namespace behind a descriptor."""
    checked(_libc.setns(namespace, kind), "setns")


def prctl(option: int, value: int = 0) -> None:
    """prctl(2) with one argument."""
    checked(_libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0), f"prctl {option}")


def set_hostname(name: str) -> None:
    """sethostname(2)."""
    checked(_libc.sethostname(name.encode(), len(name)), "sethostname")


def landlock_abi() -> int:
    """The kernel's Landlock version, 0 when it has none."""
    try:
        return call("landlock_create_ruleset", None, 0, 1)
    except KernelError:
        return 0
