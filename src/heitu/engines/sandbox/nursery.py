"""The worker's handle on a zygote: start it, ask it for children, reap them, end it."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from heitu.engines.sandbox import cgroups, kernel
from heitu.engines.sandbox.errors import BrokenCall, LayersMissing, SandboxFault
from heitu.engines.sandbox.guests import places
from heitu.engines.sandbox.layers import CGROUPS, ESSENTIAL
from heitu.engines.sandbox.toolchains import interpreter, named

# By default glibc's malloc moves these two with the sizes that a process happened to free, and hands pages back to
# the kernel or keeps them accordingly: the same code was seen to run twice as fast in one twin as in the other.
_STEADY_MALLOC = {"MALLOC_MMAP_THRESHOLD_": str(32 << 20), "MALLOC_TRIM_THRESHOLD_": str(1 << 40)}
_CLEAN = {
    "PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
    **_STEADY_MALLOC,
}
_START_SECONDS = 60.0
# A framework's interpreter finds these modules, which need nothing else, where they are.
_SOURCE = str(Path(__file__).resolve().parents[3])
_START = f"import sys; sys.path.insert(0, {_SOURCE!r}); from heitu.engines.sandbox.zygote import main; main()"


def _interpreter(toolchain: str) -> Path:
    found = interpreter(toolchain)
    if found is None:
        mend = f"heitu judge --install {toolchain}"
        raise BrokenCall("no_toolchain", f"本机没有 {toolchain}：{mend}", f"{toolchain} isn't installed here: {mend}")
    return found


class Nursery:
    """One zygote. Use as a context manager; children never outlive it."""

    def __init__(self, toolchain: str = "numpy", *, waived: Iterable[str] = ()) -> None:
        """Raises BrokenCall where the toolchain isn't installed."""
        python = _interpreter(toolchain)
        self.toolchain = named(toolchain)
        self.waived = frozenset(waived)
        self.places = cgroups.find_places()
        self._made = 0
        self._loaded: set[str] = set()
        self._turn = threading.RLock()
        self._still: Path | None = None
        guests = places(self.toolchain.guests)
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [str(python), "-I", "-c", _START, str(theirs.fileno()), toolchain, json.dumps(guests)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=_CLEAN | dict(self.toolchain.environment),
                cwd="/",
            )

    def __enter__(self) -> Nursery:
        try:
            self._refuse_missing(self._receive())
        except BaseException:
            self.close()
            raise
        cgroups.sweep(self.places)
        self._still = cgroups.keep_freezer_warm(self.places)
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _refuse_missing(self, hello: dict[str, Any]) -> None:
        """Before untrusted work: every layer that a look from outside can find missing."""
        if "error" in hello:
            raise LayersMissing(list(ESSENTIAL), hello["error"])
        missing = [name for name in self.missing() if name not in self.waived]
        if missing:
            raise LayersMissing(missing, "")

    @property
    def is_alive(self) -> bool:
        """Whether children can be had of it."""
        return self._process.poll() is None

    def missing(self) -> list[str]:
        """Layers that this machine doesn't offer, as far as can be told without a child."""
        absent = sorted(set(CGROUPS) - self.places.layers)
        return absent + ([] if kernel.landlock_abi() else ["landlock"])

    def preload(self, modules: Iterable[str]) -> None:
        """Let the zygote import what its next children will want; what isn't there is passed over."""
        wanted = [name for name in modules if name not in self._loaded]
        if not wanted:
            return
        with self._turn:
            self._ask({"op": "preload", "modules": wanted}, [])
            self._answer()
            self._loaded.update(wanted)

    def order(self, order: dict[str, Any], descriptors: list[int]) -> None:
        """Ask for a child with (log, in, out, go, done); `child` must follow, unless this raises. Other threads wait in between."""
        self._turn.acquire()
        try:
            self._ask({"op": "spawn", "order": {**order, "waived": sorted(self.waived)}}, descriptors)
        except BaseException:  # else all others would wait for their turn for ever
            self._turn.release()
            raise

    def child(self) -> int:
        """The process id, in the worker's namespace, of the child that was ordered."""
        try:
            pid: int = self._answer()["pid"]
        finally:
            self._turn.release()
        return pid

    def reap(self, pid: int) -> int:
        """Wait for a dead child; return its wait status."""
        with self._turn:
            self._ask({"op": "reap", "pid": pid}, [])
            status: int = self._answer()["status"]
        return status

    def next_name(self) -> str:
        """A name for the next child's groups, unique within this worker."""
        self._made += 1
        return f"{self._process.pid}-{self._made}"

    def _ask(self, request: dict[str, Any], descriptors: list[int]) -> None:
        try:
            socket.send_fds(self._socket, [json.dumps(request).encode()], descriptors)
        except OSError as error:
            raise SandboxFault(f"the zygote is gone: {error}") from error

    def _answer(self) -> dict[str, Any]:
        reply = self._receive()
        if "error" in reply:
            raise SandboxFault(reply["error"])
        return reply

    def _receive(self) -> dict[str, Any]:
        self._socket.settimeout(_START_SECONDS)
        message = self._socket.recv(1 << 16)
        if not message:
            return {"error": f"the zygote ended with {self._process.wait()}"}
        reply: dict[str, Any] = json.loads(message)
        return reply

    def close(self) -> None:
        """End the zygote; its children end with it."""
        self._socket.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        cgroups.let_freezer_cool(self._still)
        self._still = None
