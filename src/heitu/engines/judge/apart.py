"""A task's cases, data and checks as the judge uses them: what `Bench`, `Papers` and `Acceptance` do, but for the task's own
code, which runs aside. Each is a context manager that ends its process.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, replace
from typing import Any, NoReturn, Self

import numpy as np

from heitu.engines.judge.aside import Aside, Doing, Gone, Hear
from heitu.engines.judge.cases import Bench, Case, Inputs, Sample
from heitu.engines.judge.designs.acceptance import Acceptance, App, Fault, Unreadable
from heitu.engines.judge.designs.contract import Check, Design
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.layout import Place, place_from
from heitu.engines.judge.papers import Paper, Papers
from heitu.engines.judge.task import Model, Operator, Task
from heitu.engines.sandbox.letters import Reply, Request


class Apart:
    """What the three have in common."""

    _aside: Aside

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._aside.close()


class BenchApart(Apart, Bench):
    """An operator's cases; their `make` is not to be called here."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Operator)
        self.task, self.seed, self.spec = task, seed, task.spec
        self._aside = Aside(task, lambda _: _Bench(task, seed))
        self.cases = self._aside.ask(Doing("列出用例", "listing the cases"), "listed")

    def sample(self, case: Case, draw: int) -> Sample:
        found: Sample = self._aside.ask(_about(case), "drawn", self._number(case), draw)
        return replace(found, inputs=_unpacked(found.inputs))

    def inputs(self, case: Case, draw: int) -> Inputs:
        return _unpacked(self._aside.ask(_about(case), "made", self._number(case), draw))


class _Bench(Bench):
    """The other side of it."""

    def listed(self) -> list[Case]:
        return [replace(case, make=_elsewhere) for case in self.cases]

    def drawn(self, number: int, draw: int) -> Sample:
        found = self.sample(self.cases[number], draw)
        return replace(found, inputs=_packed(found.inputs))

    def made(self, number: int, draw: int) -> Inputs:
        return _packed(self.inputs(self.cases[number], draw))


class PapersApart(Apart, Papers):
    """A model's data."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Model)
        self.task, self.seed, self.spec = task, seed, task.spec
        self._aside = Aside(task, lambda _: _Papers(task, seed))

    def paper(self, run: int) -> Paper:
        found: Paper = self._aside.ask(Doing(f"data.py 第 {run + 1} 轮数据", f"data.py for run {run + 1}"), "drawn", run)
        return replace(found, inputs=_unpacked(found.inputs))


class _Papers(Papers):
    """The other side of it."""

    def drawn(self, run: int) -> Paper:
        found = self.paper(run)
        return replace(found, inputs=_packed(found.inputs))


class AcceptanceApart(Apart, Acceptance):
    """A design's checks, whose exchanges with the application are made here."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Design)
        self.task, self.seed, self.spec = task, seed, task.spec
        self._aside = Aside(task, lambda hear: _Acceptance(task, seed, hear))

    def carry_out(self, check: Check, app: App) -> None:
        def answer(asked: tuple[list[Request], bool, dict[str, Any]]) -> object:
            requests, together, app.measures = asked
            return app.exchange(requests, together=together)

        what = Doing(f"检查 {check.name} ", f"check {check.name}")
        fault, app.measures = self._aside.ask(what, "carried_out", check.name, answer=answer)
        if fault is not None:
            zh, en, where = fault
            raise Unreadable(where) if where else Fault(zh, en)


class _Acceptance(Acceptance):
    """The other side of it."""

    def __init__(self, task: Task, seed: int, hear: Hear) -> None:
        super().__init__(task, seed)
        self._hear = hear

    def carried_out(self, name: str) -> tuple[tuple[str, str, str] | None, dict[str, Any]]:
        """What is wrong in Chinese, in English, and where the check stumbled; None for a check that passed."""
        app = App(lambda requests, together: self._replies(app, requests, together))
        try:
            self.carry_out(next(check for check in self.spec.checks if check.name == name), app)
        except Fault as fault:
            return (fault.zh, fault.en, getattr(fault, "where", "")), app.measures
        except Gone:
            pass
        return None, app.measures

    def _replies(self, app: App, requests: Any, together: bool) -> Any:
        replies: tuple[list[Reply], Any] = self._hear((list(requests), together, app.measures))
        return replies


def _about(case: Case) -> Doing:
    return Doing(f"用例 {case.id} 的输入与参考结果", f"inputs or reference of case {case.id}")


def _elsewhere(_: np.random.Generator) -> NoReturn:
    raise AssertionError("a case's inputs are made in the task's own process")


@dataclass(frozen=True)
class _Strided:
    """An array that isn't contiguous: pickled by itself it would become so. With all the bytes between its first and its last."""

    place: Place
    content: bytes

    @classmethod
    def of(cls, value: Array) -> _Strided:
        place = place_from(value.dtype.name, value.shape, value.strides, 0)
        return cls(place, ctypes.string_at(value.ctypes.data - place.offset, place.span))


def _packed(inputs: Inputs) -> Inputs:
    return {name: _Strided.of(value) if _is_strided(value) else value for name, value in inputs.items()}


def _unpacked(inputs: Inputs) -> Inputs:
    return {name: value.place.view(value.content) if isinstance(value, _Strided) else value for name, value in inputs.items()}


def _is_strided(value: object) -> bool:
    return isinstance(value, np.ndarray) and value.size > 0 and not value.flags.c_contiguous
