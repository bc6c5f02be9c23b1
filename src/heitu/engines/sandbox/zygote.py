"""The warm parent: imports the toolchain once, holds no secret, and forks a sandbox for each request.

Started by the nursery with a descriptor and the name of a toolchain. Speaks JSON over a SOCK_SEQPACKET socket with
the worker, whom it trusts; never reads a byte that a submission wrote.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import importlib
import json
import os
import signal
import socket
import sys
import traceback
from typing import Any

from heitu.engines.sandbox import boot, channel, compiler, kernel, mounts, relay, runner, seccomp
from heitu.engines.sandbox.toolchains import COMMON, Toolchain, named

_MESSAGE = 1 << 16


def main() -> None:
    """Serve until the worker goes away, then end every child."""
    worker = socket.socket(fileno=int(sys.argv[1]))
    children: set[int] = set()
    try:
        proc, outer = _settle(named(sys.argv[2]), json.loads(sys.argv[3]))
        worker.send(json.dumps({"pid": os.getpid()}).encode())
        _serve(worker, children, proc, outer)
    except Exception as error:
        with contextlib.suppress(OSError):
            worker.send(json.dumps({"error": f"{type(error).__name__}: {error}"}).encode())
    finally:
        for pid in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _settle(toolchain: Toolchain, guests: list[str]) -> tuple[int, int]:
    """Import, then move into the small root. Returns /proc's descriptor and the uid that children map to."""
    sys.path += [folder for folder in dict.fromkeys(map(os.path.dirname, guests)) if folder not in sys.path]
    for name in (*COMMON, *toolchain.imports, *filter(None, [toolchain.program])):
        importlib.import_module(name)
    with contextlib.suppress(kernel.KernelError):
        for loopback in (False, True):
            seccomp.program(programs=False, loopback=loopback)
    proc = os.open("/proc", os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    outer = _own_namespaces(proc)
    mounts.enter_small_root(toolchain, guests)
    boot.clean_environment()
    os.environ.update(dict(toolchain.environment))
    if toolchain.program:
        sys.modules[toolchain.program].prepare()
    gc.collect()
    gc.freeze()
    return proc, outer


def _preload(modules: list[str]) -> None:
    """From within the small root, so that nothing is found that the children wouldn't."""
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    gc.collect()
    gc.freeze()


def _own_namespaces(proc: int) -> int:
    """Root needs only a mount namespace; an ordinary user first becomes root of a user namespace."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        kernel.unshare(kernel.CLONE_NEWNS)
        return boot.NOBODY
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    _write_maps(proc, "self", (0, user), (0, group))
    return 0


def _write_maps(proc: int, who: str, users: tuple[int, int], groups: tuple[int, int]) -> None:
    texts = {"setgroups": "deny", "uid_map": f"{users[0]} {users[1]} 1", "gid_map": f"{groups[0]} {groups[1]} 1"}
    for name, text in texts.items():
        target = os.open(f"{who}/{name}", os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(target, text.encode())
        finally:
            os.close(target)


def _serve(worker: socket.socket, children: set[int], proc: int, outer: int) -> None:
    home = os.open("self/ns/pid", os.O_RDONLY | os.O_CLOEXEC, dir_fd=proc)
    while True:
        message, descriptors, _, _ = socket.recv_fds(worker, _MESSAGE, 8)
        if not message:
            return
        request = json.loads(message)
        if request["op"] == "spawn":
            reply = _spawn(request, descriptors, proc, outer, home)
            children.add(reply["pid"])
        elif request["op"] == "preload":
            _preload(request["modules"])
            reply = {}
        else:
            _, status = os.waitpid(request["pid"], 0)
            children.discard(request["pid"])
            reply = {"status": status}
        for descriptor in descriptors:
            os.close(descriptor)
        worker.send(json.dumps(reply).encode())


def _spawn(request: dict[str, Any], descriptors: list[int], proc: int, outer: int, home: int) -> dict[str, Any]:
    """Fork a child into a process namespace of its own, and write its identity maps."""
    order = boot.Order(**{**request["order"], "waived": frozenset(request["order"]["waived"])})
    if order.loopback:
        importlib.import_module("http.server")  # what services are made of: once here, so that none waits for it
    asked, ask = os.pipe()
    told, tell = os.pipe()
    pid = _fork(home, direct=outer != 0)
    if pid == 0:
        _child(order, descriptors, ask, told)
    os.close(ask)
    os.close(told)
    if os.read(asked, 1):
        _write_maps(proc, str(pid), (boot.NOBODY, outer), (boot.NOBODY, outer))
        os.write(tell, b"1")
    os.close(asked)
    os.close(tell)
    return {"pid": pid}


def _fork(home: int, *, direct: bool) -> int:
    """Fork the first process of a new process namespace. Returns its id out here, and 0 in it.

    `direct` goes there and back, which only the owner of the present namespace may; others send a helper,
    whose child falls to this process when it leaves.
    """
    if direct:
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid:
            kernel.enter(home, kernel.CLONE_NEWPID)
        return pid
    heard, hear = os.pipe()
    helper = os.fork()
    if helper == 0:
        kernel.unshare(kernel.CLONE_NEWPID)
        pid = os.fork()
        if pid:
            os.write(hear, str(pid).encode())
            os._exit(0)
        return 0
    os.waitpid(helper, 0)
    pid = int(os.read(heard, 32))
    os.close(heard)
    os.close(hear)
    return pid


def _child(order: boot.Order, descriptors: list[int], ask: int, told: int) -> None:
    """Never returns."""
    try:
        ask, told = _only(descriptors, ask, told)

        def inside() -> None:
            os.write(ask, b"1")
            if not os.read(told, 1):
                os._exit(71)
            os.close(ask)
            os.close(told)

        boot.put_away(order, inside)
        _program(order).serve()
    except BaseException as error:
        _report(error)
    os._exit(70)


def _program(order: boot.Order) -> Any:
    """What runs inside: the toolchain's own program, which is imported by now, or one of the judge's."""
    if order.program:
        return sys.modules[order.program]
    return compiler if order.programs else relay if order.loopback else runner


def _only(descriptors: list[int], ask: int, told: int) -> tuple[int, int]:
    """Keep the fixed descriptors (0 nothing, 1 and 2 the log, then channel's) and the two pipes; close all else."""
    # First out of the way of the fixed numbers, then onto them.
    parked = [fcntl.fcntl(d, fcntl.F_DUPFD, 64) for d in (*descriptors, ask, told)]
    log, read, write, go, done, asks, tells = parked
    places = {1: log, 2: log, channel.IN: read, channel.OUT: write, channel.GO: go, channel.DONE: done}
    for place, source in {**places, 7: asks, 8: tells}.items():
        os.dup2(source, place)
    os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
    os.closerange(9, 4096)
    return 7, 8


def _report(error: BaseException) -> None:
    with contextlib.suppress(Exception):
        _, memory = boot.memories()
        text = str(error) if isinstance(error, boot.LayerMissing) else traceback.format_exc(limit=-3)
        boot.answer(memory, channel.frame(channel.NOT_SET_UP, text=text))
