"""Timed pairs: baseline and submission in twin sandboxes on one core, the idle one frozen, fresh data every pair."""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from heitu.engines.judge.cases import Bench, Case, Sample
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.quiet import Quiet
from heitu.engines.judge.session import Failed, Session, Subject
from heitu.engines.judge.speed import Samples, speedup, wide
from heitu.engines.judge.verdict import Steps
from heitu.engines.sandbox.box import Ended
from heitu.engines.sandbox.nursery import Nursery

_EMPTY_CALLS = 11
# Draws of the checking phase lie below.
FIRST_DRAW = 1000

Check = Callable[[Case, Sample, list[Array]], None]


@dataclass(frozen=True)
class Plan:
    """How much to time: fresh process pairs (up to `most` while the interval is wide), timed pairs in each, warm-ups.

    `seconds` is after how many no further process pair is begun; the planned ones are always timed.
    `patience` is how many seconds to wait while another run on this machine is timing.
    """

    processes: int = 3
    most: int = 48
    pairs: int = 16
    warmups: int = 2
    seconds: float = 20.0
    patience: float = 120.0


@dataclass
class Timings:
    """Raw seconds, less the cost of an empty call; `flags` name what makes a person look."""

    samples: Samples = field(default_factory=dict)
    empty: float = 0.0
    flags: list[str] = field(default_factory=list)


def measure(
    nursery: Nursery,
    bench: Bench,
    subjects: tuple[Subject, Subject],
    cases: list[Case],
    plan: Plan,
    check: Check,
    steps: Steps,
) -> Timings:
    """Time `subjects` (baseline, submission) on `cases`; `check` sees every output of the submission.

    Raises Ended or Failed from the submission's side, BrokenTask where the baseline ends or fails, and whatever `check`
    raises.
    """
    timings = Timings(samples={case.id: [] for case in cases})
    draws = iter(range(FIRST_DRAW, 1 << 30))
    with _alone(timings, plan.patience), Quiet() as quiet:
        for _ in _rounds(plan, timings, steps):
            with _tasks_fault(bench):
                trusted = Session(nursery, bench, subjects[0], quiet)
            with trusted as base, Session(nursery, bench, subjects[1], quiet) as ours:
                twins = _Twins(bench, base, ours, check, draws, quiet)
                timings.empty = twins.empty_call()
                for case in cases:
                    pairs = twins.time(case, plan, steps)
                    timings.samples[case.id].append([(_less(b, timings), _less(s, timings)) for b, s in pairs])
                if ours.box.stray_tasks:
                    _flag(timings, "tasks_outlive_calls")
    for case in cases:
        _flag_short(timings, case)
    return timings


def _rounds(plan: Plan, timings: Timings, steps: Steps) -> Iterator[None]:
    """As many as planned, and more while the interval is wide and there is time: one a process pair."""
    until = time.monotonic() + plan.seconds
    yield from (None for _ in range(plan.processes))
    for _ in range(plan.processes, plan.most):
        if time.monotonic() > until or not wide(speedup(timings.samples, np.random.default_rng(0))):
            return
        steps.expect(len(timings.samples) * (plan.pairs + plan.warmups))
        yield


@dataclass
class _Twins:
    bench: Bench
    base: Session
    ours: Session
    check: Check
    draws: Iterator[int]
    quiet: Quiet

    def empty_call(self) -> float:
        """Median seconds of a call that does nothing, in the trusted twin; the other gets as many, to be as warm."""
        return float(np.median([(self._nothing(self.base), self._nothing(self.ours))[0] for _ in range(_EMPTY_CALLS)]))

    def _nothing(self, session: Session) -> float:
        with self.quiet.call():
            return session.box.nothing()

    def time(self, case: Case, plan: Plan, steps: Steps) -> list[tuple[float, float]]:
        """ABBA BAAB over pairs, each with fresh data; the first ones warm up and are checked all the same."""
        pairs = []
        for number in range(-plan.warmups, plan.pairs):
            sample = self.bench.sample(case, next(self.draws))
            pair = self._pair(case, sample, number % 4 in (0, 3))
            if number >= 0:
                pairs.append(pair)
            steps.step()
        return pairs

    def _pair(self, case: Case, sample: Sample, base_first: bool) -> tuple[float, float]:
        if base_first:
            before = self._baseline(case, sample)
        outputs, ours = self.ours.run(case, sample)
        if not base_first:
            before = self._baseline(case, sample)
        self.check(case, sample, outputs)
        return before, ours

    def _baseline(self, case: Case, sample: Sample) -> float:
        with _tasks_fault(self.bench, case.id):
            return self.base.run(case, sample)[1]


@contextlib.contextmanager
def _tasks_fault(bench: Bench, case: str = "") -> Iterator[None]:
    """What the baseline does is never the submission's fault. Raises BrokenTask."""
    try:
        yield
    except (Ended, Failed) as error:
        name, where = bench.task.name, f" {case}" if case else ""
        zh, en = f"任务 {name} 的基线未能运行{where}：{error.text}", f"{name}'s baseline doesn't run{where}: {error.text}"
        raise BrokenTask("baseline", zh, en) from error


def _less(seconds: float, timings: Timings) -> float:
    """The call without the protocol, at least a fiftieth of it so that ratios stay finite."""
    return max(seconds - timings.empty, seconds / 50)


def _flag(timings: Timings, flag: str) -> None:
    if flag not in timings.flags:
        timings.flags.append(flag)


def _flag_short(timings: Timings, case: Case) -> None:
    base = np.median([pair[0] for pairs in timings.samples[case.id] for pair in pairs])
    if base < 20 * timings.empty:
        _flag(timings, f"short_case:{case.id}")


@contextlib.contextmanager
def _alone(timings: Timings, patience: float) -> Iterator[None]:
    """One timing a machine: an advisory lock, which ends with its holder. Waiting too long is flagged, not fatal."""
    path = Path(tempfile.gettempdir()) / "heitu-judge-timing.lock"
    try:
        descriptor = _opened(path)
    except OSError:
        _flag(timings, "timing_lock_unavailable")
        yield
        return
    try:
        if not _locked(descriptor, patience):
            _flag(timings, "timed_beside_another")
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    """The lock file, shared by every user of the machine; one that exists is never created over."""
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):
        return os.open(path, flags)
    descriptor = os.open(path, flags | os.O_CREAT, 0o666)
    os.fchmod(descriptor, 0o666)
    return descriptor


def _locked(descriptor: int, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.05)
