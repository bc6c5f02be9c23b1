"""What the judge says: plain frozen data, and the JSON that the command prints and the platform records."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from heitu.engines.judge.metrics import Estimate

ACCEPTED, WRONG_ANSWER, TOO_SLOW = "accepted", "wrong_answer", "too_slow"
COMPILE_ERROR, REFUSED, JUDGE_ERROR, SKIPPED = "compile_error", "refused", "judge_error", "skipped"
VERDICTS = (
    ACCEPTED,
    WRONG_ANSWER,
    TOO_SLOW,
    "time_limit",
    "memory_limit",
    "output_limit",
    "runtime_error",
    COMPILE_ERROR,
    REFUSED,
    JUDGE_ERROR,
)
Audience = Literal["owner", "participant"]


@dataclass(frozen=True)
class Progress:
    """How far a run is: `phase` is compile, check, time or train; `done` of `total` steps of that phase."""

    phase: str
    done: int
    total: int


Report = Callable[[Progress], None]


class Steps:
    """Counts the steps of a phase and tells of each."""

    def __init__(self, report: Report, phase: str, total: int) -> None:
        self._report, self._phase, self._total, self.done = report, phase, total, 0
        report(Progress(phase, 0, total))

    def step(self) -> None:
        """One is done."""
        self.done += 1
        self._report(Progress(self._phase, self.done, self._total))

    def expect(self, more: int) -> None:
        """There will be more than was said."""
        self._total += more


@dataclass(frozen=True)
class CaseResult:
    """One case. `error` holds the measures of the worst output; seconds are medians over timed calls.

    `speedup` is the median ratio over the baseline, `speedup_low` and `speedup_high` its 95 % interval.
    """

    id: str
    verdict: str
    public: bool
    timed: bool
    shape: str
    dtype: str
    rule: str = ""
    text: str = ""
    error: dict[str, Any] = field(default_factory=dict)
    seconds: float | None = None
    baseline_seconds: float | None = None
    speedup: float | None = None
    speedup_low: float | None = None
    speedup_high: float | None = None

    def as_json(self, audience: Audience) -> dict[str, Any]:
        """A participant learns of a hidden case its verdict, shape and time, but no value and no message."""
        body = {key: value for key, value in vars(self).items() if key != "error"}
        shown = self.public or audience == "owner"
        body["error"] = self.error if shown else {}
        if not shown:
            body["text"] = ""
        return body


@dataclass(frozen=True)
class Speedup:
    """Geometric mean over timed cases of baseline time by submission time, with a 95 % interval.

    `call` is faster (the low end above 1.03), slower, tie or inconclusive.
    """

    geomean: float
    low: float
    high: float
    call: str


@dataclass(frozen=True)
class Verdict:
    """The judge's word on one submission. `samples` are the raw seconds of every timed pair, by case and process.

    `measure` is of the rows of a model that decide, `public_measure` of the others, where there are both.
    `report` is what a person should know of a reference design; other kinds have none.
    `options` are those that the run was called with, by which it can be repeated: cases, quick, repeat.
    """

    task: str
    kind: str
    verdict: str
    score: float
    cases: list[CaseResult]
    seed: int
    rule: str = ""
    text: str = ""
    speedup: Speedup | None = None
    measure: Estimate | None = None
    public_measure: Estimate | None = None
    limits: dict[str, Any] = field(default_factory=dict)
    standard: str = ""
    toolchain: dict[str, Any] = field(default_factory=dict)
    flags: list[str] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    empty_call_seconds: float | None = None
    samples: dict[str, list[list[tuple[float, float]]]] = field(default_factory=dict)
    log: str = ""
    report: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def as_json(self, audience: Audience = "owner") -> dict[str, Any]:
        """Plain JSON data. Audience `participant` leaves out what would tell of hidden cases, and the seed."""
        body: dict[str, Any] = dict(vars(self))
        body["cases"] = [case.as_json(audience) for case in self.cases]
        body["speedup"] = vars(self.speedup) if self.speedup else None
        body["measure"] = self.measure.as_json() if self.measure else None
        body["public_measure"] = self.public_measure.as_json() if self.public_measure else None
        for key in ("report", "public_measure"):
            if not body[key]:
                del body[key]
        if audience == "participant":
            body |= {"report": _shown(self.report)} if self.report else {}
            for key in ("samples", "seed"):
                del body[key]
            if any(not case.public for case in self.cases):
                body["log"] = ""
                body["text"] = self.text if self.verdict in (COMPILE_ERROR, REFUSED) else ""
        return body


def _shown(report: dict[str, Any]) -> dict[str, Any]:
    """A report without the names and weights of hidden checks."""
    return {**report, "checks": [check for check in report["checks"] if check["public"]]}
