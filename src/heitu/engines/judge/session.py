"""One subject (a submission or a baseline) alive in a sandbox, called with samples."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from heitu.engines.judge.cases import Case, Sample
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.layout import Layout, lay_out
from heitu.engines.judge.mistakes import Asked, mistake
from heitu.engines.judge.quiet import Quiet
from heitu.engines.judge.task import Model, Operator
from heitu.engines.sandbox import channel
from heitu.engines.sandbox.box import Box, Room
from heitu.engines.sandbox.nursery import Nursery

LOAD_SECONDS = 10.0
# What runs in an interpreter is judged for being right alone; its time limits are so many times as long.
INTERPRETED = {"triton": 20.0}
_STATUS = {
    channel.RAISED: "runtime_error",
    channel.NOT_LOADED: "runtime_error",
    channel.OUT_OF_MEMORY: "memory_limit",
    channel.BAD_OUTPUT: "wrong_answer",
}


@dataclass(frozen=True)
class Subject:
    """What runs in a sandbox: Python files, or a compiled library named kernel.so."""

    language: str
    file: str
    files: Mapping[str, bytes] = field(repr=False)


class Source(Protocol):
    """What a session asks of a task: `cases.Bench` or `papers.Papers`."""

    seed: int

    @property
    def spec(self) -> Operator | Model: ...

    def dtypes(self, case: Case) -> list[str]: ...


class Failed(Exception):
    """A call ended with a verdict other than an answer; the sandbox lives on."""

    def __init__(self, verdict: str, text: str, rule: str = "") -> None:
        super().__init__(f"{verdict}: {text}")
        self.verdict = verdict
        self.text = text
        self.rule = rule


class Session:
    """A loaded subject. Use as a context manager. Making one raises Ended or Failed when it doesn't load."""

    def __init__(self, nursery: Nursery, bench: Source, subject: Subject, quiet: Quiet | None = None) -> None:
        spec = bench.spec
        limits = spec.limits
        self._bench, self._subject = bench, subject
        self._seconds = limits.seconds * INTERPRETED.get(subject.language, 1.0)
        self._asked = Asked(spec.entry, [each.name for each in spec.inputs], subject.language)
        self._rng = np.random.default_rng([bench.seed, 2])
        self._layout: Layout | None = None
        self._around = quiet.call if quiet else contextlib.nullcontext
        room = Room(limits.memory_mb, limits.processes, limits.disk_mb, core=quiet.core if quiet else None)
        boot = {"language": subject.language, "file": subject.file, "entry": spec.entry}
        self.box = Box(nursery, room, boot, list(subject.files.items()))
        try:
            self._answered(self.box.start(LOAD_SECONDS))
        except BaseException:
            self.box.close()
            raise

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.box.close()

    def run(self, case: Case, sample: Sample) -> tuple[list[Array], float]:
        """One call: private copies of the outputs, and seconds by the worker's clock. Raises Ended or Failed."""
        layout = self._prepared(case, sample)
        layout.write(self.box.inputs, sample.inputs)
        layout.poison(self.box.outputs, self._rng)
        with self._around():
            reply, seconds = self.box.call(self._seconds)
        self._answered(reply)
        wanted = tuple(channel.Shape(place.dtype, place.shape) for place in layout.outputs)
        if reply.outputs != wanted:
            raise Failed("wrong_answer", f"returned {_said(reply.outputs)}, expected {_said(wanted)}", "shape_or_dtype")
        return layout.read(self.box.outputs), seconds

    def _prepared(self, case: Case, sample: Sample) -> Layout:
        """Announce the layout when it isn't the present one; data follows only in the timed call."""
        names = self._bench.dtypes(case)
        layout = lay_out(self._bench.spec, case, sample, names, self._subject.language)
        if self._layout is None or self._layout.announcement != layout.announcement:
            self._answered(self.box.lay_out(layout.announcement, self._seconds))
            self._layout = layout
        return layout

    def _answered(self, reply: channel.Reply) -> None:
        if reply.status == channel.OK:
            return
        verdict, text = _STATUS.get(reply.status, "runtime_error"), reply.text or "no answer was left"
        if found := mistake(text, self._asked) if verdict == "runtime_error" else None:
            raise Failed(verdict, found.text, found.rule)
        raise Failed(verdict, text, "output" if reply.status == channel.BAD_OUTPUT else "")


def _said(shapes: tuple[channel.Shape, ...]) -> str:
    named = [f"{shape.dtype or 'an unknown dtype'}[{'×'.join(map(str, shape.axes))}]" for shape in shapes]
    return ", ".join(named) or "nothing"
