"""Evaluating an operator: build, check every case, then time against the baseline."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from heitu.engines.judge import speed
from heitu.engines.judge.accuracy import Comparison, compare
from heitu.engines.judge.build import compiled
from heitu.engines.judge.cases import Bench, Case, Sample
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.finding import Finding
from heitu.engines.judge.session import INTERPRETED, Failed, Session, Subject
from heitu.engines.judge.submission import Submission
from heitu.engines.judge.timing import Plan, Timings, measure
from heitu.engines.judge.verdict import (
    ACCEPTED,
    COMPILE_ERROR,
    SKIPPED,
    TOO_SLOW,
    WRONG_ANSWER,
    CaseResult,
    Progress,
    Report,
    Steps,
)
from heitu.engines.sandbox.box import Ended
from heitu.engines.sandbox.channel import printable
from heitu.engines.sandbox.nursery import Nursery

_MOST_ENDS = 3
_LOOKED_AT = 1 << 15
_KERNEL = re.compile(rb"^\s*@(triton\.)?jit\b", re.MULTILINE)


@dataclass(frozen=True)
class Effort:
    """How much work a run does: the quick one checks each case once and times few pairs."""

    plan: Plan = field(default_factory=Plan)
    twice: bool = True


class Operators:
    """One run of the evaluator for operators."""

    def __init__(self, nursery: Nursery, bench: Bench, effort: Effort, report: Report, *, public_only: bool) -> None:
        self.nursery, self.bench, self.effort, self.report = nursery, bench, effort, report
        self.spec = bench.spec
        self.public_only = public_only
        self.log = b""

    def evaluate(self, submission: Submission) -> Finding:
        """The finding on one submission. Raises BrokenTask, LayersMissing, SandboxFault."""
        self.report(Progress("compile", 0, 1))
        try:
            subject = self._built(submission.language, submission.file, submission.files)
        except Failed as error:
            return Finding(COMPILE_ERROR, 0.0, [], text=error.text)
        self.report(Progress("compile", 1, 1))
        cases = self._chosen(submission.language)
        try:
            results = self._check(subject, cases)
        except Failed as error:
            return Finding(error.verdict, 0.0, [], rule=error.rule, text=error.text)
        bad = next((result for result in results if result.verdict != ACCEPTED), None)
        if bad is not None:
            return self._finding(bad, results)
        return self._untimed(subject, results) if subject.language in INTERPRETED else self._timed(subject, cases, results)

    def _built(self, language: str, file: str, files: Mapping[str, bytes]) -> Subject:
        if language == "cpp":
            return compiled(self.nursery, file, files)
        return Subject(language, file, files)

    def _baseline(self) -> Subject:
        path = self.bench.task.folder / self.spec.timing.baseline
        language = "cpp" if path.suffix == ".cpp" else "numpy"
        try:
            return self._built(language, path.name, {path.name: path.read_bytes()})
        except Failed as error:
            name = self.bench.task.name
            zh, en = f"任务 {name} 的基线：{error.text}", f"{name}'s baseline: {error.text}"
            raise BrokenTask("baseline", zh, en) from error

    def _chosen(self, language: str) -> list[Case]:
        """Cases that this run looks at: of the language's dtypes, and public ones only where asked."""
        cases = [case for case in self.bench.cases if case.public or not self.public_only]
        if language == "cpp" and self.spec.cpp is not None:
            cases = [case for case in cases if case.dtype in self.spec.cpp.dtypes]
        if not cases:
            raise BrokenTask("no_cases", "没有可评测的用例", "there are no cases to judge by")
        return cases

    # ── checking ────────────────────────────────────────────────────────────────────────────────────────────

    def _check(self, subject: Subject, cases: list[Case]) -> list[CaseResult]:
        checker = _Checker(self, subject, 2 * len(cases) if self.effort.twice else len(cases))
        with checker:
            results = {case.id: checker.first(case) for case in cases}
            if self.effort.twice and self.spec.deterministic:
                order = np.random.default_rng([self.bench.seed, 3]).permutation(len(cases))
                for case in (cases[n] for n in order):
                    results[case.id] = checker.again(case, results[case.id])
        self.log = checker.log
        return [results[case.id] for case in cases]

    def compared(self, case: Case, sample: Sample, outputs: list[Array], places_from: int | None = None) -> _Compared:
        """Every output against its golden by its own standard; the first that fails, else the worst by share."""
        passing: list[_Compared] = []
        for output, golden, theirs, actual, name, rule in zip(
            self.spec.outputs, sample.golden, sample.theirs, outputs, self.bench.dtypes(case),
            self.bench.standards(case), strict=True,
        ):
            comparison = compare(actual, golden, name, rule, _places(golden.size, places_from), theirs)
            found = _Compared(output.name, rule.label, comparison)
            if not comparison.passed:
                return found
            passing.append(found)
        return min(passing, key=lambda each: each.comparison.measures.get("share", 1.0))

    # ── timing ──────────────────────────────────────────────────────────────────────────────────────────────

    def _timed(self, subject: Subject, cases: list[Case], results: list[CaseResult]) -> Finding:
        timed = [case for case in cases if case.timed]
        if not timed:
            return Finding(ACCEPTED, self.spec.scoring.correct, results, log=self._printed())
        plan = self.effort.plan
        steps = Steps(self.report, "time", plan.processes * len(timed) * (plan.pairs + plan.warmups))
        failing: list[Case] = []

        def check(case: Case, sample: Sample, outputs: list[Array]) -> None:
            failing[:] = [case]
            found = self.compared(case, sample, outputs, places_from=steps.done)
            if not found.comparison.passed:
                raise _WrongWhenTimed(case, found)

        try:
            twins = (self._baseline(), subject)
            timings = measure(self.nursery, self.bench, twins, timed, plan, check, steps)
        except _WrongWhenTimed as error:
            return self._spoilt(results, error.case, error.found.as_result(error.case, 0.0))
        except (Ended, Failed) as error:
            case = (failing or timed)[0]
            return self._spoilt(results, case, _failed(case, error))
        return self._ranked(results, timings)

    def _untimed(self, subject: Subject, results: list[CaseResult]) -> Finding:
        """Right, and no word on speed, which an interpreter says nothing of."""
        flags = [f"not_timed:{subject.language}"]
        if not any(_KERNEL.search(content) for content in subject.files.values()):
            flags.append("no_kernel")
        shown, points = [replace(result, seconds=None) for result in results], self.spec.scoring.correct
        return Finding(ACCEPTED, points, shown, timings=Timings(flags=flags), log=self._printed())

    def _spoilt(self, results: list[CaseResult], case: Case, result: CaseResult) -> Finding:
        """A case that passed alone and failed while timed: calls were told apart, or luck ran out."""
        return self._finding(result, [result if r.id == case.id else r for r in results])

    def _ranked(self, results: list[CaseResult], timings: Timings) -> Finding:
        found = speed.speedup(timings.samples, np.random.default_rng([self.bench.seed, 4]))
        timed = [_with_times(result, timings) for result in results]
        for result in timed:
            if result.speedup is not None and result.speedup > speed.CLAMP * 0.9:
                timings.flags.append(f"implausible:{result.id}")
        slow = found.high < self.spec.timing.minimum_speedup
        points = speed.score(self.spec.scoring.correct, self.spec.timing.target_speedup, found.low)
        verdict, points = (TOO_SLOW, 0.0) if slow else (ACCEPTED, points)
        return Finding(verdict, points, timed, speedup=found, timings=timings, log=self._printed())

    def _finding(self, bad: CaseResult, results: list[CaseResult]) -> Finding:
        return Finding(bad.verdict, 0.0, results, rule=bad.rule, text=bad.text, log=self._printed())

    def _printed(self) -> str:
        return printable(self.log)


@dataclass(frozen=True)
class _Compared:
    output: str
    standard: str
    comparison: Comparison

    def as_result(self, case: Case, seconds: float) -> CaseResult:
        passed = self.comparison.passed
        measures = {"output": self.output, "standard": self.standard, **self.comparison.measures}
        result = _blank(case, ACCEPTED if passed else WRONG_ANSWER)
        return replace(result, rule=self.comparison.rule, error=measures, seconds=seconds)


class _WrongWhenTimed(Exception):
    def __init__(self, case: Case, found: _Compared) -> None:
        super().__init__(case.id)
        self.case, self.found = case, found


class _Checker:
    """Runs cases one by one, in a new sandbox after each that ends one; gives up after the third."""

    def __init__(self, run: Operators, subject: Subject, total: int) -> None:
        self._run, self._subject = run, subject
        self._session: Session | None = None
        self._ends = 0
        self._seen: dict[str, tuple[bytes, tuple[Array, ...]]] = {}
        self._steps = Steps(run.report, "check", total)
        self.log = b""

    def __enter__(self) -> _Checker:
        """Load it. Raises Failed where that says why it can't be: no case was shown yet, so all of it may be told."""
        try:
            self._session = Session(self._run.nursery, self._run.bench, self._subject)
        except Ended:
            self._ends += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._leave()

    def _leave(self) -> None:
        if self._session is not None:
            self.log = self.log or self._session.box.log
            self._session.box.close()
            self._session = None

    def _outputs(self, case: Case, sample: Sample) -> tuple[list[Array], float]:
        try:
            if self._session is None:
                self._session = Session(self._run.nursery, self._run.bench, self._subject)
            return self._session.run(case, sample)
        except Ended:
            self._ends += 1
            self._leave()
            raise
        except Failed:
            self._ends += self._session is None
            raise

    def first(self, case: Case) -> CaseResult:
        """The case on its first draw."""
        self._steps.step()
        if self._ends >= _MOST_ENDS:
            return _blank(case, SKIPPED)
        sample = self._run.bench.sample(case, 0)
        try:
            outputs, seconds = self._outputs(case, sample)
        except (Ended, Failed) as error:
            return _failed(case, error)
        hollow = tuple(np.broadcast_to(np.float64(0), golden.shape) for golden in sample.golden)
        self._seen[case.id] = (_hash(outputs), hollow)
        return self._run.compared(case, sample, outputs).as_result(case, seconds)

    def again(self, case: Case, before: CaseResult) -> CaseResult:
        """The same draw in another order and after other cases: the same bytes, or the case fails."""
        self._steps.step()
        if before.verdict != ACCEPTED or case.id not in self._seen:
            return before
        digest, hollow = self._seen[case.id]
        inputs = self._run.bench.inputs(case, 0)
        try:
            outputs, _ = self._outputs(case, Sample(inputs, hollow))
        except (Ended, Failed) as error:
            return _failed(case, error)
        if _hash(outputs) != digest:
            return replace(before, verdict=WRONG_ANSWER, rule="not_deterministic")
        return before


def _hash(outputs: list[Array]) -> bytes:
    total = hashlib.sha256()
    for output in outputs:
        total.update(output.tobytes())
    return total.digest()


def _places(size: int, number: int | None) -> Array | None:
    """For outputs of timed calls that are large: a sample of places, other ones at every call."""
    if number is None or size <= _LOOKED_AT:
        return None
    return np.random.default_rng().integers(0, size, _LOOKED_AT)


def _blank(case: Case, verdict: str) -> CaseResult:
    return CaseResult(case.id, verdict, case.public, case.timed, case.shape, case.dtype)


def _failed(case: Case, error: Ended | Failed) -> CaseResult:
    rule = error.rule if isinstance(error, Failed) else ""
    return replace(_blank(case, error.verdict), rule=rule, text=error.text)


def _with_times(result: CaseResult, timings: Timings) -> CaseResult:
    processes = timings.samples.get(result.id)
    if not processes:
        return result
    base, ours = np.median(np.concatenate([np.asarray(pairs) for pairs in processes]), axis=0)
    found = speed.speedup({result.id: processes}, np.random.default_rng(0))
    return replace(
        result, seconds=float(ours), baseline_seconds=float(base), speedup=round(found.geomean, 4),
        speedup_low=round(found.low, 4), speedup_high=round(found.high, 4),
    )
