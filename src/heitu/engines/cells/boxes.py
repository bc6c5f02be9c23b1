"""Kernels in the sandbox of this machine: each is a child of a warm zygote, and stands still between its cells."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from heitu.engines.cells import port
from heitu.engines.cells.port import KernelFault, Limits, Output, Ran, Watch, size
from heitu.engines.sandbox import reports, side
from heitu.engines.sandbox.box import MEMORY_LIMIT, OUTPUT_LIMIT, TIME_LIMIT, Ended
from heitu.engines.sandbox.errors import Broken, SandboxFault
from heitu.engines.sandbox.notebook.envelope import Unreadable, seal, unseal
from heitu.engines.sandbox.notebook.outputs import Collector
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.side import Side, Spent
from heitu.engines.sandbox.toolchains import NOTEBOOKS, interpreter

_GONE = {TIME_LIMIT: port.TIME, MEMORY_LIMIT: port.MEMORY, OUTPUT_LIMIT: port.FLOOD}
_FAULTS = (Broken, SandboxFault, OSError)


class Boxes:
    """Kernels (`port.Kernels`) of this machine; one zygote for each toolchain that somebody asked for."""

    def __init__(self) -> None:
        self._nurseries: dict[str, Nursery] = {}
        self._turn = threading.Lock()

    def toolchains(self) -> list[str]:
        return [name for name, notebooks in NOTEBOOKS.items() if interpreter(notebooks) is not None]

    def open(self, toolchain: str, *, modules: Iterable[str], limits: Limits) -> Box:
        return Box(partial(self._side, toolchain, tuple(modules), limits), limits)

    def warm(self, toolchain: str) -> None:
        """Have its zygote ready before anybody asks. Raises KernelFault."""
        with _blaming_nobody():
            self._nursery(toolchain)

    def close(self) -> None:
        with self._turn:
            for nursery in self._nurseries.values():
                nursery.close()
            self._nurseries.clear()

    def _side(self, toolchain: str, modules: tuple[str, ...], limits: Limits) -> Side:
        """A fresh sandbox."""
        room = side.Limits(
            seconds=limits.cell_seconds, memory_mb=limits.memory_mb, disk_mb=limits.disk_mb, processes=limits.processes,
        )
        with _blaming_nobody():
            nursery = self._nursery(toolchain)
            nursery.preload(modules)
            return Side(nursery, room, {}, {"live": True, "most": limits.most_characters})

    def _nursery(self, toolchain: str) -> Nursery:
        """The zygote; a new one where it has died, and all its children with it."""
        with self._turn:
            found = self._nurseries.get(toolchain)
            if found is not None and not found.is_alive:
                found.close()
                found = None
            if found is None:
                found = self._nurseries[toolchain] = Nursery(NOTEBOOKS[toolchain]).__enter__()
            return found


@contextlib.contextmanager
def _blaming_nobody() -> Iterator[None]:
    try:
        yield
    except _FAULTS as error:
        raise KernelFault(str(error)) from error


class Box:
    """One kernel (`port.Kernel`)."""

    def __init__(self, make: Callable[[], Side], limits: Limits) -> None:
        self._make, self._limits = make, limits
        self._left = limits.session_seconds
        self._used = 0.0
        self._side: Side | None = make()

    def run(self, source: str, *, watch: Watch) -> Ran:
        if self._left <= 0:
            self.close()
            return Ran(gone=port.SPENT)
        inside = self._side or self._renewed()
        given = min(self._limits.cell_seconds, self._left)
        spent, live, begun = Spent(given), _Live(watch, self._limits.most_characters), time.monotonic()
        try:
            with _blaming_nobody():
                said = inside.say(seal({"run": source}), spent, watch=live.watch)
        except (Ended, Unreadable) as error:
            self._left -= time.monotonic() - begun  # what it has used can't be asked any more
            return self._over(error, live)
        self._count(inside)
        return _ran(said, given, spent, live)

    def restart(self) -> None:
        self.close()
        self._renewed()

    def close(self) -> None:
        if self._side is not None:
            self._side.close()
            self._side = None

    def _renewed(self) -> Side:
        self._used, self._side = 0.0, self._make()
        return self._side

    def _count(self, inside: Side) -> None:
        """The session's processor time, over all restarts."""
        used = inside.processor_seconds
        self._left -= used - self._used
        self._used = used

    def _over(self, error: Ended | Unreadable, live: _Live) -> Ran:
        """The sandbox has ended, with all that its cells had made; what it had put out by then is kept."""
        self.close()
        verdict = error.verdict if isinstance(error, Ended) else ""
        gone = port.STUCK if live.has_stopped and verdict == TIME_LIMIT else _GONE.get(verdict, port.DIED)
        return Ran(live.outputs, interrupted=live.has_stopped, gone=gone)


class _Live:
    """What is known of a cell while it runs."""

    def __init__(self, watch: Watch, most: int) -> None:
        self._watch, self._collector, self.most = watch, Collector(), most
        self.outputs: list[Output] = []
        self.has_stopped = False

    def watch(self, lines: bytes) -> bool:
        for line in lines.splitlines():
            with contextlib.suppress(ValueError, TypeError, AttributeError, RecursionError):
                self._take(json.loads(line))
        if lines:
            self.outputs = _bounded(reports.taken(self._collector.outputs), self.most)
        stop = self._watch(self.outputs)
        self.has_stopped = self.has_stopped or stop
        return stop

    def _take(self, line: list[object]) -> None:
        """In a stranger's words."""
        match line:
            case ["stream", str(name), str(text)]:
                self._collector.stream(name, text)
            case ["output", dict(output)]:
                self._collector.outputs.append(output)
            case ["clear"]:
                self._collector.outputs.clear()


def _ran(said: bytes, given: float, spent: Spent, live: _Live) -> Ran:
    """What the sandbox reported, in its own words."""
    try:
        body, _ = unseal(said)
    except Unreadable:
        body = {}
    found = _bounded(reports.taken(body.get("ran")), live.most)
    if "ran" not in body:
        found = [*live.outputs, reports.error("NoAnswer", "这一格的输出没有报回来 / the cell's outputs were not reported")]
    elif "failed" in body:
        found = [*live.outputs, reports.error(str(body["failed"])[:80], "")]
    if spent.interrupted and not live.has_stopped:
        found.append(reports.error("TimeLimit", f"处理器时间超过 {given:g} 秒 / no end after {given:g} s of processor time"))
    count = body.get("count")
    number = count - 1 if type(count) is int and 0 < count < 1 << 31 else None
    return Ran(found, number, given - spent.left, interrupted=live.has_stopped)


def _bounded(outputs: list[Output], most: int) -> list[Output]:
    """Twice what the shell would have kept at most, should a stranger have talked it out of that; of bundles only texts."""
    made, room = [], 2 * most
    for each in outputs:
        if "data" in each:
            each["data"] = {mime: value for mime, value in each["data"].items() if isinstance(value, str)}
        fit = each if size(each) <= room else _short(each)
        room -= size(fit)
        made.append(fit)
    return made


def _short(output: Output) -> Output:
    if output["output_type"] == "error":
        return reports.error(output["ename"][:80], output["evalue"][:500])
    return {"output_type": "stream", "name": "stderr", "text": "…\n"}
