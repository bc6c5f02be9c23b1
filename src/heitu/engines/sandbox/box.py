"""One sandbox as the worker holds it: the memories, the clock, the freezer, and its end."""

from __future__ import annotations

import contextlib
import fcntl
import math
import mmap
import os
import select
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heitu.engines.sandbox import channel
from heitu.engines.sandbox.cgroups import Group
from heitu.engines.sandbox.errors import LayersMissing, SandboxFault
from heitu.engines.sandbox.layers import LAYERS
from heitu.engines.sandbox.nursery import Nursery

_ADD_SEALS = 1033
_SHRINK, _GROW, _SEAL, _FUTURE_WRITE = 2, 4, 1, 16
_LOG_KEPT, _LOG_LIMIT = 4096, 1 << 20
_START_SECONDS = 20.0
_WATCH_SECONDS = 0.05
# Wall clock behind a limit of processor time: this many times the limit, and so many seconds.
_WALL_FACTOR, _WALL_EXTRA = 3.0, 5.0

TIME_LIMIT, MEMORY_LIMIT, OUTPUT_LIMIT, DIED = "time_limit", "memory_limit", "output_limit", "runtime_error"


@dataclass(frozen=True)
class Room:
    """Limits of one sandbox; `programs` is the compiler's, `loopback` that of an application with its relay."""

    memory_mb: int = 512
    processes: int = 8
    disk_mb: int = 16
    programs: bool = False
    loopback: bool = False
    core: int | None = None


class Ended(Exception):
    """The sandbox is over: `verdict` is one of the limits or runtime_error, `text` says how."""

    def __init__(self, verdict: str, text: str) -> None:
        super().__init__(f"{verdict}: {text}")
        self.verdict = verdict
        self.text = text


class Box:
    """A sandbox with one child. Use as a context manager: leaving it ends all that is inside."""

    def __init__(self, nursery: Nursery, room: Room, boot: dict[str, Any], files: list[tuple[str, bytes]]) -> None:
        self._nursery = nursery
        self._room = room
        self._descriptors: list[int] = []
        self._group: Group | None = None
        self._pid = self._pidfd = -1
        self._status: int | None = None
        self._frozen = False
        self._grace = 0.0
        self._watch: Callable[[], bool] | None = None
        self._until = math.inf
        self.interrupted = False
        self.log = b""
        self._logged = 0
        self.stray_tasks = 0
        try:
            self._open_memories()
            self._put_boot(boot, files)
            self._spawn()
        except OSError as error:
            self.close()
            raise SandboxFault(f"the sandbox could not be made: {error}") from error
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Box:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ── starting ────────────────────────────────────────────────────────────────────────────────────────────

    def _open_memories(self) -> None:
        """Both sealed against resizing; `in` also against every future write but through our own map."""
        source, self.inputs = self._memory("in", channel.IN_SIZE, _FUTURE_WRITE)
        target, self.outputs = self._memory("out", channel.OUT_SIZE, 0)
        readonly = os.open(f"/proc/self/fd/{source}", os.O_RDONLY | os.O_CLOEXEC)
        # Pipes, of which each side has one end: flags and fill of what both hold would be the child's to change,
        # and the worker's to block on. Its copies of the child's ends stay open, so that no end hangs up.
        hears, self._go = os.pipe2(os.O_CLOEXEC)
        self._done, says = os.pipe2(os.O_CLOEXEC)
        self._log, prints = os.pipe2(os.O_CLOEXEC)
        for ours in (self._go, self._done, self._log):
            os.set_blocking(ours, False)
        self._theirs = [prints, readonly, target, hears, says]
        self._descriptors = [source, *self._theirs, self._go, self._done, self._log]

    @staticmethod
    def _memory(name: str, size: int, seals: int) -> tuple[int, mmap.mmap]:
        descriptor = os.memfd_create(f"heitu-{name}", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(descriptor, size)
        memory = mmap.mmap(descriptor, size)
        fcntl.fcntl(descriptor, _ADD_SEALS, seals | _SHRINK | _GROW | _SEAL)
        return descriptor, memory

    def _put_boot(self, boot: dict[str, Any], files: list[tuple[str, bytes]]) -> None:
        start, listed = channel.IN_DATA, []
        for name, content in files:
            self.inputs[start : start + len(content)] = content
            listed.append([name, start, len(content)])
            start += len(content)
        self._command(channel.BOOT, {**boot, "files": listed})

    def _command(self, opcode: int, body: object = None) -> None:
        text = channel.command(opcode, body)
        self.inputs[: len(text)] = text

    def _spawn(self) -> None:
        room, layers = self._room, self._nursery.places.layers
        memory = room.memory_mb + self._nursery.toolchain.overhead_mb
        order = {
            "disk_mb": room.disk_mb,
            "processes": room.processes,
            "memory_mb": memory,
            "memory_by_rlimit": "cgroup-memory" not in layers,
            "programs": room.programs,
            "loopback": room.loopback,
            "core": room.core,
            "program": self._nursery.toolchain.program,
        }
        self._nursery.order(order, self._theirs)
        try:  # while the zygote is at it
            group = self._group = Group.make(
                self._nursery.places,
                self._nursery.next_name(),
                memory_mb=memory,
                processes=room.processes,
                timed=room.core is not None,
            )
        finally:
            self._pid = self._nursery.child()
        self._pidfd = os.pidfd_open(self._pid)
        group.add(self._pid)
        self._await_ready()

    def _await_ready(self) -> None:
        """The child reports after its last layer and before the first line of the submission."""
        try:
            self._wait(_START_SECONDS)
        except Ended as error:
            raise SandboxFault(f"the sandbox ended while starting: {error.text}") from error
        reply = channel.decode(self.outputs[: channel.OUT_DATA])
        if reply.status == channel.NOT_SET_UP and reply.text.split(":")[0] in LAYERS:
            raise LayersMissing([reply.text.split(":")[0]], reply.text)
        if reply.status != channel.READY:
            raise SandboxFault(f"the sandbox could not be set up: {reply.text}")

    # ── commands ────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, seconds: float) -> channel.Reply:
        """Let the submission load (or the compiler run). Raises Ended."""
        return self._exchange(seconds)[0]

    def lay_out(self, layout: dict[str, Any], seconds: float) -> channel.Reply:
        """Announce a case's layout, before its data. Raises Ended."""
        self._command(channel.LAYOUT, layout)
        return self._exchange(seconds)[0]

    def call(self, seconds: float) -> tuple[channel.Reply, float]:
        """Run the case whose data lies in `inputs`; the reply and the seconds it took. Raises Ended."""
        self._command(channel.CALL)
        return self._exchange(seconds)

    def interruptible_call(
        self, seconds: float, grace: float, *, still: bool = True, look: bool = True,
        watch: Callable[[], bool] | None = None,
    ) -> tuple[channel.Reply, float]:
        """The same, but who overruns is sent SIGINT first, and ended `grace` seconds later if that didn't help.

        So is who is told to stop by `watch`, which is asked while the call runs. `still=False` spares whoever is trusted
        the freezer, `look=False` a call among many the look around after it.
        """
        self._grace, self._watch = grace, watch
        self._command(channel.CALL)
        try:
            return self._exchange(seconds, still=still, look=look)
        finally:
            self._grace, self._watch, self._until = 0.0, None, math.inf

    def nothing(self, seconds: float = 1.0) -> float:
        """The cost in seconds of a call that does nothing, under the same protocol."""
        self._command(channel.NOTHING)
        return self._exchange(seconds)[1]

    def _exchange(self, seconds: float, *, still: bool = True, look: bool = True) -> tuple[channel.Reply, float]:
        """Thaw, go, wait, freeze. The clock runs until everything in the sandbox stands still."""
        self.outputs[: channel.OUT_TEXT] = bytes(channel.OUT_TEXT)
        self._drain_done()
        self.interrupted = False
        used = self.processor_seconds()
        begun = time.perf_counter_ns()
        self._thaw()
        with contextlib.suppress(BlockingIOError):  # full of earlier words: it never listens
            os.write(self._go, b"1")
        self._wait(seconds, used)
        if still:
            self._freeze()
        elapsed = (time.perf_counter_ns() - begun) / 1e9
        if look:
            self._look_around()
        return channel.decode(self.outputs[: channel.OUT_DATA]), elapsed

    def _drain_done(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._done, 1 << 20)

    def processor_seconds(self) -> float | None:
        """Used so far by all that is inside; None where nothing counts it."""
        return None if self._group is None else self._group.cpu_seconds()

    def _left(self, seconds: float, begun: float, used: float | None) -> float:
        """Seconds to wait before looking again, none when the time is up.

        A limit is of processor time, so that a busy machine isn't blamed on the work; sleepers meet the wall clock.
        """
        if time.monotonic() > self._until:
            return 0.0
        passed = time.monotonic() - begun
        now = self.processor_seconds() if passed >= seconds else None
        if used is None or now is None:
            return seconds - passed
        return min(seconds - (now - used), _WALL_FACTOR * seconds + _WALL_EXTRA - passed)

    def _wait(self, seconds: float, used: float | None = None) -> None:
        """Until done; otherwise end the sandbox and raise Ended with the reason."""
        begun = time.monotonic()
        poll = select.poll()
        for descriptor in (self._done, self._pidfd, self._log):
            poll.register(descriptor, select.POLLIN)
        while True:
            left = self._left(seconds, begun, used)
            ready = {fd for fd, _ in poll.poll(min(left, self._pace) * 1000)} if left > 0 else set()
            if self._done in ready:
                self._drain_done()
                return
            if self._log in ready:
                self._read_log()
            elif self._pidfd in ready:
                self._end(*self._cause_of_death())
            if left <= 0:
                seconds = self._interrupt_or_end(seconds)
            elif self._watch is not None and self._watch():
                self._stop_by_request()

    @property
    def _pace(self) -> float:
        return math.inf if self._watch is None else _WATCH_SECONDS

    def _stop_by_request(self) -> None:
        """SIGINT at once; whoever goes on for the time of grace is ended. Asked for again, again."""
        signal.pidfd_send_signal(self._pidfd, signal.SIGINT)
        self._until, self._grace = min(self._until, time.monotonic() + self._grace), 0.0

    def _interrupt_or_end(self, seconds: float) -> float:
        """What the limit is from now on: beyond it there is no second interrupt."""
        if self._grace <= 0:
            self._end(TIME_LIMIT, f"{seconds:g} s")
        os.kill(self._pid, signal.SIGINT)
        self.interrupted = True
        longer, self._grace = seconds + self._grace, 0.0
        return longer

    def _read_log(self) -> None:
        """Take what was printed; keep the beginning, count the rest, end a flood."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self._log, 1 << 16):
                self._logged += len(chunk)
                self.log = (self.log + chunk)[:_LOG_KEPT]
                if self._logged > _LOG_LIMIT:
                    self._end(OUTPUT_LIMIT, f"more than {_LOG_LIMIT >> 20} MB printed")

    def _look_around(self) -> None:
        """After a call, standing still: printed text, memory kills, and tasks that outlived the call."""
        self._read_log()
        if self._group is None:
            return
        self.stray_tasks = max(self.stray_tasks, self._group.tasks() - 1)
        if self._group.memory_kills():
            self._end(MEMORY_LIMIT, f"{self._room.memory_mb} MB")

    def _cause_of_death(self) -> tuple[str, str]:
        status = self._reaped()
        if self._group is not None and self._group.memory_kills():
            return MEMORY_LIMIT, f"{self._room.memory_mb} MB"
        if os.WIFSIGNALED(status):
            return DIED, f"ended by {signal.Signals(os.WTERMSIG(status)).name}"
        return DIED, f"the process ended itself with status {os.WEXITSTATUS(status)}"

    def _end(self, verdict: str, text: str) -> None:
        self.close()
        raise Ended(verdict, text)

    # ── standing still and ending ───────────────────────────────────────────────────────────────────────────

    def _freeze(self) -> None:
        self._frozen = True  # first: what is half frozen must be thawed before it can be ended
        if self._group is not None and self._group.can_freeze:
            self._group.freeze()
        else:
            self._stop()

    def _stop(self) -> None:
        """Without a freezer: stop the first process, and wait until the kernel says so."""
        os.kill(self._pid, signal.SIGSTOP)
        stat, deadline = Path(f"/proc/{self._pid}/stat"), time.monotonic() + 1
        while stat.read_text().rpartition(")")[2].split()[0] != "T" and time.monotonic() < deadline:
            time.sleep(0)

    def _thaw(self) -> None:
        if not self._frozen:
            return
        if self._group is not None and self._group.can_freeze:
            self._group.thaw()
        else:
            os.kill(self._pid, signal.SIGCONT)
        self._frozen = False

    def _reaped(self) -> int:
        if self._status is None:
            self._status = self._nursery.reap(self._pid)
        return self._status

    def close(self) -> None:
        """End every process inside, remove the groups, close what is open. Safe to repeat."""
        if self._pid > 0 and self._status is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
        if self._frozen:
            with contextlib.suppress(OSError):
                self._thaw()
        if self._pid > 0:
            with contextlib.suppress(SandboxFault):
                self._reaped()
        if self._group is not None:
            self._group.destroy()
            self._group = None
        for descriptor in (*self._descriptors, self._pidfd):
            if descriptor >= 0:
                os.close(descriptor)
        self._descriptors, self._pidfd = [], -1
