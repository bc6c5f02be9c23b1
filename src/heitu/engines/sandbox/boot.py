"""What a forked child does before a line of the submission runs: put itself away, layer by layer."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import functools
import gc
import mmap
import os
import resource
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass

from heitu.engines.sandbox import channel, kernel, landlock, mounts, seccomp

_CAPABILITY_VERSION_3 = 0x20080522
_NAMESPACES = {
    "network-namespace": kernel.CLONE_NEWNET,
    "ipc-namespace": kernel.CLONE_NEWIPC,
    "uts-namespace": kernel.CLONE_NEWUTS,
}
_SET_FLAGS, _UP_AND_RUNNING = 0x8914, 0x41
NOBODY = 65534
PORT = 8000  # the one that a service answers on


@dataclass(frozen=True)
class Order:
    """What the worker asked for, as the zygote passes it on."""

    disk_mb: int
    processes: int
    memory_mb: int
    memory_by_rlimit: bool
    programs: bool
    loopback: bool
    core: int | None
    program: str
    waived: frozenset[str]


class LayerMissing(Exception):
    """A layer failed that the operator has not waived."""


def put_away(order: Order, inside: Callable[[], None]) -> None:
    """Enter every layer in turn; `inside` waits until the zygote has written the identity maps.

    Returns with the ready frame written and go received. Raises LayerMissing.
    """
    _namespaces(order)
    if order.loopback:
        _raise_loopback()
    kernel.prctl(kernel.PR_SET_DUMPABLE, 1)  # else /proc/PID/uid_map belongs to root
    inside()
    memory_in, memory_out = memories()
    _become_nobody()
    mounts.own_folders(order.disk_mb, _files(memory_in))
    _attempt("rlimits", order, lambda: _limit(order))
    if order.core is not None:
        os.sched_setaffinity(0, {order.core})
    _drop_capabilities()
    _attempt("landlock", order, lambda: _landlock(order))
    _clean_process()
    _attempt("seccomp", order, lambda: seccomp.install(programs=order.programs, loopback=order.loopback))
    answer(memory_out, channel.frame(channel.READY))
    wait()


def _namespaces(order: Order) -> None:
    """All in one call; one at a time where that is refused, to learn which is missing."""
    always = kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS
    try:
        kernel.unshare(always | sum(_NAMESPACES.values()))
        return
    except kernel.KernelError:
        kernel.unshare(always)
    for layer, flag in _NAMESPACES.items():
        _attempt(layer, order, functools.partial(kernel.unshare, flag))


def _raise_loopback() -> None:
    """The only interface of a new network namespace, which is down at first."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP_AND_RUNNING))


def _attempt(layer: str, order: Order, enter: Callable[[], None]) -> None:
    try:
        enter()
    except OSError as error:
        if layer not in order.waived:
            raise LayerMissing(f"{layer}: {error}") from error


def memories() -> tuple[mmap.mmap, mmap.mmap]:
    """Map in (read-only) and out."""
    read = mmap.mmap(channel.IN, channel.IN_SIZE, mmap.MAP_SHARED, mmap.PROT_READ)
    return read, mmap.mmap(channel.OUT, channel.OUT_SIZE, mmap.MAP_SHARED)


def _files(memory: mmap.mmap) -> list[tuple[str, bytes]]:
    """The submission as the worker laid it into the shared memory."""
    listed = channel.read_body(memory)["files"]
    assert isinstance(listed, list)
    return [(name, memory[start : start + length]) for name, start, length in listed]


def _become_nobody() -> None:
    with contextlib.suppress(PermissionError):
        os.setgroups([])
    os.setresgid(NOBODY, NOBODY, NOBODY)
    os.setresuid(NOBODY, NOBODY, NOBODY)
    os.umask(0o077)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    with contextlib.suppress(OSError):
        kernel.set_hostname("sandbox")


def _limit(order: Order) -> None:
    megabytes = 1 << 20
    limits = {
        resource.RLIMIT_CORE: 1,  # 0 would still start a core handler of the host
        resource.RLIMIT_FSIZE: max(order.disk_mb, 1) * megabytes,
        resource.RLIMIT_NOFILE: 256,
        resource.RLIMIT_NPROC: order.processes,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_STACK: 64 * megabytes,
        resource.RLIMIT_NICE: 0,
        resource.RLIMIT_RTPRIO: 0,
    }
    if order.memory_by_rlimit:
        limits[resource.RLIMIT_DATA] = order.memory_mb * megabytes
    for name, value in limits.items():
        hard = resource.getrlimit(name)[1]
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (bound, bound))


def _drop_capabilities() -> None:
    for capability in range(64):
        try:
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
        except kernel.KernelError:
            break
    header = ctypes.create_string_buffer(struct.pack("<Ii", _CAPABILITY_VERSION_3, 0))
    kernel.call("capset", header, ctypes.create_string_buffer(24))
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def _landlock(order: Order) -> None:
    port = PORT if order.loopback else 0
    landlock.restrict(writable=[mounts.scratch(), "/dev/null"], readable=["/"], programs=order.programs, port=port)


def _clean_process() -> None:
    os.setsid()  # else kill(0, …) reaches the worker's process group
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    os.chdir(mounts.scratch())
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()


def clean_environment() -> None:
    """All that the sandboxes have of one; the warm parent's own, so that they inherit it."""
    scratch = mounts.scratch()
    os.environ.clear()
    os.environ.update({"PATH": "/usr/bin:/bin", "HOME": scratch, "TMPDIR": scratch, "LC_ALL": "C.UTF-8"})
    os.environ.update({"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"})


def answer(memory: mmap.mmap, frame: bytes) -> None:
    """Write a frame and tell the worker."""
    memory[: len(frame)] = frame
    os.write(channel.DONE, b"1")


def wait() -> None:
    """Stand still until the worker's next command is in the shared memory."""
    if not os.read(channel.GO, 1):
        os._exit(0)  # the worker is gone
