"""Evaluating a model: train and predict in fresh sandboxes, mark the predictions here, and once more to see if it repeats."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from heitu.engines.judge.cases import Case, Sample
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.finding import Finding
from heitu.engines.judge.metrics import METRICS, Estimate, Metric, estimate, ranked
from heitu.engines.judge.papers import Paper, Papers
from heitu.engines.judge.session import Failed, Session, Subject
from heitu.engines.judge.submission import Submission
from heitu.engines.judge.verdict import ACCEPTED, WRONG_ANSWER, CaseResult, Report, Steps
from heitu.engines.sandbox.box import Ended
from heitu.engines.sandbox.channel import printable
from heitu.engines.sandbox.nursery import Nursery

# Frameworks add up in another order from run to run; labels must repeat, numbers nearly.
_REPEATS_WITHIN = 1e-3


class Models:
    """One run of the evaluator for models. The quick one trains once, and doesn't look whether it repeats."""

    def __init__(self, nursery: Nursery, papers: Papers, report: Report, *, quick: bool, public_only: bool) -> None:
        self.nursery, self.papers, self.spec = nursery, papers, papers.spec
        self.metric = METRICS[papers.spec.metric.name]
        self.public_only = public_only
        self.runs = 1 if quick else self.spec.runs
        self.repeats = self.spec.reproducible and not public_only and not quick
        self.steps = Steps(report, "train", self.runs + self.repeats)
        self.log = b""

    def evaluate(self, submission: Submission) -> Finding:
        """The finding on one submission. Raises BrokenTask, LayersMissing, SandboxFault."""
        subject = Subject("numpy", submission.file, submission.files)
        marked: list[tuple[Paper, Array]] = []
        results: list[CaseResult] = []
        for number in range(self.runs):
            paper = self.papers.paper(number)
            try:
                predictions, seconds = self._sit(subject, paper, number)
            except (Ended, Failed) as error:
                return self._stopped(results, number, error)
            marked.append((paper, predictions))
            results += self._marks(number, paper, predictions, seconds)
        return self._judged(subject, marked, results)

    def _sit(self, subject: Subject, paper: Paper, number: int) -> tuple[Array, float]:
        """Train and predict in a sandbox of its own; the answers lend their shape, and stay here."""
        case = _case(f"run-{number + 1}", self.spec.prediction, paper)
        with Session(self.nursery, self.papers, subject) as session:
            try:
                outputs, seconds = session.run(case, Sample(paper.inputs, (paper.answers,)))
            finally:
                self.log = self.log or session.box.log
        self.steps.step()
        return outputs[0], seconds

    def _judged(self, subject: Subject, marked: list[tuple[Paper, Array]], results: list[CaseResult]) -> Finding:
        found = self._estimate(marked, self.public_only)
        public = None if self.public_only else self._estimate(marked, True)
        return replace(self._decided(subject, marked, results, found), public_measure=public)

    def _decided(
        self, subject: Subject, marked: list[tuple[Paper, Array]], results: list[CaseResult], found: Estimate
    ) -> Finding:
        if not self.metric.meets(found.mean, self.spec.metric.threshold):
            return self._finding(WRONG_ANSWER, 0.0, results, found, rule="below_threshold")
        if self.repeats and not self._is_repeated(subject, *marked[0]):
            return self._finding(WRONG_ANSWER, 0.0, results, found, rule="not_reproducible")
        bar, goal = self.spec.metric.threshold, self.spec.metric.target
        base = self.spec.scoring.correct
        return self._finding(ACCEPTED, base + (100 - base) * self.metric.share(found.mean, bar, goal), results, found)

    def _estimate(self, marked: list[tuple[Paper, Array]], is_public: bool) -> Estimate:
        """Over the public rows, or over the others, which decide."""
        pairs = [
            (paper.answers[: paper.public_rows], predictions[: paper.public_rows]) if is_public
            else (paper.answers[paper.public_rows :], predictions[paper.public_rows :])
            for paper, predictions in marked
        ]
        aim, rng = self.spec.metric, np.random.default_rng([self.papers.seed, 4])
        return estimate(self.metric, pairs, aim.threshold, aim.target, rng)

    def _is_repeated(self, subject: Subject, paper: Paper, before: Array) -> bool:
        """Whether the same data and seed give the same predictions in a new sandbox."""
        try:
            again, _ = self._sit(subject, paper, 0)
        except (Ended, Failed):
            return False
        return same_predictions(self.metric, before, again)

    def _marks(self, number: int, paper: Paper, predictions: Array, seconds: float) -> list[CaseResult]:
        parts = {"public": slice(None, paper.public_rows), "hidden": slice(paper.public_rows, None)}
        return [
            self._mark(_case(f"run-{number + 1}-{part}", self.spec.prediction, paper), part == "public",
                       paper.answers[rows], predictions[rows], seconds)
            for part, rows in parts.items() if part == "public" or not self.public_only
        ]

    def _mark(self, case: Case, public: bool, answers: Array, predictions: Array, seconds: float) -> CaseResult:
        value = self.metric.of(answers, predictions)
        passed = self.metric.meets(value, self.spec.metric.threshold)
        measures = {
            "metric": self.metric.name, "value": value if np.isfinite(value) else None, "rows": len(answers),
            "threshold": self.spec.metric.threshold,
        }
        return CaseResult(
            case.id, ACCEPTED if passed else WRONG_ANSWER, public, False, f"{len(answers)}", case.dtype,
            rule="" if passed else "below_threshold", error=measures, seconds=seconds,
        )

    def _stopped(self, results: list[CaseResult], number: int, error: Ended | Failed) -> Finding:
        rule = error.rule if isinstance(error, Failed) else ""
        failed = CaseResult(
            f"run-{number + 1}", error.verdict, True, False, "", self.spec.prediction, rule=rule, text=error.text
        )
        return Finding(error.verdict, 0.0, [*results, failed], rule=rule, text=error.text, log=printable(self.log))

    def _finding(
        self, verdict: str, score: float, results: list[CaseResult], found: Estimate, rule: str = ""
    ) -> Finding:
        finding = Finding(verdict, round(score, 2), results, rule=rule, log=printable(self.log))
        return replace(finding, measure=found)


def same_predictions(metric: Metric, before: Array, again: Array) -> bool:
    """Equal labels; numbers within a thousandth of their spread; scores moved by a thousandth of the rows in the mean.

    Scores count by their ranks alone, and the spread of numbers that are free to have any scale is whatever one of them
    makes of it.
    """
    if metric.needs == "classes":
        return bool(np.array_equal(before, again))
    if metric.needs == "scores":
        return bool(np.mean(np.abs(ranked(before) - ranked(again))) <= _REPEATS_WITHIN * len(before))
    spread = float(np.std(before.astype(np.float64))) or 1.0
    off = np.abs(before.astype(np.float64) - again.astype(np.float64))
    return bool(np.all(off <= _REPEATS_WITHIN * spread))


def _case(name: str, dtype: str, paper: Paper) -> Case:
    return Case(
        id=name, dtype=dtype, shape=str(len(paper.answers)), public=True, timed=False, degenerate=False,
        make=lambda _: paper.inputs,
    )
