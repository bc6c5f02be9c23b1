"""The library's entry: an assignment, many submissions, one result for each as soon as it is there.

Submissions run side by side. One that takes long is no longer counted among the busy ones, so that an endless loop
holds nobody up: the others go on beside it, and share the processors with it until its time is over. Where many may
loop, `set_aside` hands back undone what takes several times as long as the author's own solution, to be graded apart.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Protocol

from heitu.engines.grading import marking, trust
from heitu.engines.grading.assignment import Assignment
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.grades import Graded, Question, Ran
from heitu.engines.grading.handing import Submitted
from heitu.engines.grading.restoring import restore
from heitu.engines.grading.scoring import decimal
from heitu.engines.grading.session import Session
from heitu.engines.grading.trust import Trust
from heitu.engines.sandbox.errors import SandboxFault
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.side import Limits, TakesLong

_SLOW_AFTER = 2.0
_MOST_SLOW = 4
_LOOK_AGAIN = 0.2
# Set aside is what takes longer than this, and than so many times the author's solution.
_LEAST_PATIENCE, _TIMES_THE_SOLUTION = 2.0, 4


@dataclass(frozen=True)
class Progress:
    """`left` is an estimate in seconds, None before the first is done."""

    done: int
    total: int | None
    left: float | None


Report = Callable[[Progress], None]


class Grader(Protocol):
    """What grades a submission by one format's rules."""

    def prepare(self) -> None:
        """Whatever comes before the first."""

    def grade(self, submitted: Submitted) -> Graded:
        """One submission. Raises SandboxFault and LayersMissing only."""


def grade(
    assignment: Assignment, notebooks: Iterable[Submitted | None], *, nursery: Nursery, limits: Limits | None = None,
    strict: bool = False, progress: Report | None = None, workers: int | None = None, put_back: bool = True,
    set_aside: bool = False,
) -> Iterator[Graded]:
    """Results in the order in which they come. `nursery` is an entered one of a toolchain for notebooks. None among the
    notebooks says that there is none just now, and to ask again.

    `strict` gives 0 where nbgrader gives points for results that are no points; `put_back=False` leaves missing tests
    to a person, as nbgrader does. `set_aside`: what takes long comes back undone, with `takes_long`; of nbgrader's only.
    Raises SandboxFault and LayersMissing.
    """
    grader = _grader(assignment, nursery, limits or Limits(), strict=strict, put_back=put_back)
    nursery.preload(assignment.modules)
    took = _timed(grader.prepare)
    if set_aside and isinstance(grader, NotebookGrader):  # the preparation runs the solution twice
        grader.be_patient(max(_LEAST_PATIENCE, _TIMES_THE_SOLUTION * took / 2))
    return side_by_side(notebooks, grader.grade, workers or os.cpu_count() or 1, progress)


def _timed(work: Callable[[], None]) -> float:
    begun = time.monotonic()
    work()
    return time.monotonic() - begun


def _grader(assignment: Assignment, nursery: Nursery, limits: Limits, *, strict: bool, put_back: bool) -> Grader:
    from heitu.engines.grading.otter.grader import OtterGrader
    from heitu.engines.grading.otter.reading import OtterAssignment

    if isinstance(assignment, OtterAssignment):
        return OtterGrader(assignment, nursery, limits)
    return NotebookGrader(assignment, nursery, limits, strict=strict, put_back=put_back)


class NotebookGrader:
    """By nbgrader's rules."""

    def __init__(
        self, assignment: Assignment, nursery: Nursery, limits: Limits, *, strict: bool, put_back: bool
    ) -> None:
        self.assignment, self.nursery, self.limits = assignment, nursery, limits
        self.strict, self.put_back = strict, put_back
        self.trusts: dict[str, dict[str, Trust]] = {}

    def prepare(self) -> None:
        """Learn from the solution what may be believed of each test."""
        for name, source in self.assignment.sources.items():
            bindings = self.assignment.bindings[name]
            self.trusts[name] = trust.learn(source, bindings, self.nursery, self.limits, self.assignment.files)

    def be_patient(self, seconds: float) -> None:
        """From now on hand back undone what takes longer."""
        self.limits = replace(self.limits, patience=seconds)

    def grade(self, submitted: Submitted) -> Graded:
        """Every notebook of the assignment; one that wasn't handed in earns nothing, as with nbgrader."""
        try:
            return self._graded(submitted)
        except TakesLong:
            return Graded(submitted.student, self.assignment.name, timestamp=submitted.timestamp, takes_long=True)

    def _graded(self, submitted: Submitted) -> Graded:
        begun = time.monotonic()
        found = Graded(submitted.student, self.assignment.name, timestamp=submitted.timestamp)
        given = {PurePosixPath(name).stem: data for name, data in submitted.files.items() if name.endswith(".ipynb")}
        beside = {name: data for name, data in submitted.files.items() if not name.endswith(".ipynb")}
        for name in self.assignment.sources:
            data = given.get(name) or _only(given, self.assignment)
            self._grade_notebook(name, data, {**beside, **self.assignment.files}, found)
        if given and found.refused and len(self.assignment.sources) > 1:
            found.refused = None
        found.penalty = min(max(submitted.late, Decimal(0)), found.earned)
        found.seconds = time.monotonic() - begun
        return found

    def _grade_notebook(self, name: str, data: bytes | None, files: dict[str, bytes], found: Graded) -> None:
        source, bindings = self.assignment.sources[name], self.assignment.bindings[name]
        begun = time.monotonic()
        try:
            if data is None:
                zh, en = f"没有交 {name}.ipynb", f"{name}.ipynb was not handed in"
                raise Unreadable("not_submitted", zh, en)
            whole = restore(data, source, put_back=self.put_back)
        except Unreadable as error:
            found.refused = (error.code, error.zh, error.en)
            found.flags.append(f"refused:{name}:{error.code}")
            found.questions += [_unsubmitted(name, each.grade_id, each.maximum) for each in source.graded]
            return
        with Session(self.nursery, self.limits, bindings, files, self.assignment.files) as session:
            run = marking.Marking(source, bindings, self.trusts[name], session, strict=self.strict)
            found.questions += run.run(whole)
        found.flags += whole.flags
        found.ran.append(Ran(name, whole.notebook, frozenset(run.unseen), time.monotonic() - begun))


def _only(given: Mapping[str, bytes], assignment: Assignment) -> bytes | None:
    """Where the assignment has one notebook and so has the submission, its name doesn't matter."""
    return next(iter(given.values())) if len(given) == len(assignment.sources) == 1 else None


def _unsubmitted(notebook: str, name: str, maximum: float) -> Question:
    return Question(name, notebook, Decimal(0), decimal(maximum), "not_submitted")


# ── many ────────────────────────────────────────────────────────────────────────────────────────────────────────


def side_by_side(
    notebooks: Iterable[Submitted | None], work: Callable[[Submitted], Graded], workers: int, progress: Report | None = None
) -> Iterator[Graded]:
    """Results as they come; no more submissions are in memory than run, and as many again that wait.

    Where one raises, no more are begun, and that is raised once the results of all others that ran are out.
    """
    given, total = iter(notebooks), len(notebooks) if isinstance(notebooks, Sized) else None
    begun, done, most = time.monotonic(), 0, workers * (1 + _MOST_SLOW)
    lanes = threading.Semaphore(workers)
    with _pool(most) as pool:
        running: set[Future[Graded]] = set()
        faults: list[BaseException] = []
        exhausted = False
        while running or not exhausted:
            exhausted = exhausted or bool(faults) or _fill(running, given, most, lambda each: pool.submit(_in_lane, lanes, work, each))
            for future in _finished(running, patient=exhausted or len(running) == most):
                if (fault := future.exception()) is not None:
                    faults.append(fault)
                    continue
                done += 1
                if progress is not None:
                    progress(Progress(done, total, _left(time.monotonic() - begun, done, total)))
                yield future.result()
    if faults:
        raise faults[0]


@contextmanager
def _pool(most: int) -> Iterator[ThreadPoolExecutor]:
    """Waits in the end for all that runs; not for a person who has had enough: those end with the nursery, which is closed next."""
    pool = ThreadPoolExecutor(most, "grade")
    is_patient = True
    try:
        yield pool
    except KeyboardInterrupt:
        is_patient = False
        raise
    finally:
        pool.shutdown(wait=is_patient, cancel_futures=not is_patient)


def _fill(
    running: set[Future[Graded]], given: Iterator[Submitted | None], most: int, submit: Callable[[Submitted], Future[Graded]]
) -> bool:
    """Start what there is room for; whether there is nothing more to come."""
    while len(running) < most:
        try:
            submitted = next(given)
        except StopIteration:
            return True
        if submitted is None:
            return False
        running.add(submit(submitted))
    return False


def _finished(running: set[Future[Graded]], *, patient: bool) -> set[Future[Graded]]:
    """Those that are done, taken out of `running`; waits for the first, or only a moment where more may come to start."""
    if not running:
        if not patient:
            time.sleep(_LOOK_AGAIN)
        return set()
    finished, _ = wait(running, None if patient else _LOOK_AGAIN, FIRST_COMPLETED)
    running -= finished
    return finished


def _left(passed: float, done: int, total: int | None) -> float | None:
    return None if total is None else passed / done * (total - done)


def _in_lane(lanes: threading.Semaphore, work: Callable[[Submitted], Graded], submitted: Submitted) -> Graded:
    """Wait for a lane, work, and give the lane away early when it takes long."""
    lanes.acquire()
    held = threading.Lock()

    def leave() -> None:
        if held.acquire(blocking=False):
            lanes.release()

    timer = threading.Timer(_SLOW_AFTER, leave)
    timer.daemon = True
    timer.start()
    try:
        return _worked(work, submitted)
    finally:
        timer.cancel()
        leave()


def _worked(work: Callable[[Submitted], Graded], submitted: Submitted) -> Graded:
    """A fault of the sandbox is tried once more: it is nobody's."""
    try:
        return work(submitted)
    except (SandboxFault, TimeoutError):
        return work(submitted)
