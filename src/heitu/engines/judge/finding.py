"""What an evaluator found, before it becomes a verdict."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from heitu.engines.judge.metrics import Estimate
from heitu.engines.judge.timing import Timings
from heitu.engines.judge.verdict import CaseResult, Speedup


@dataclass(frozen=True)
class Finding:
    """`speedup` for operators, `measure` for models with `public_measure` of the rows that don't decide, `report` for reference designs."""

    verdict: str
    score: float
    cases: list[CaseResult]
    rule: str = ""
    text: str = ""
    speedup: Speedup | None = None
    measure: Estimate | None = None
    public_measure: Estimate | None = None
    timings: Timings = field(default_factory=Timings)
    log: str = ""
    report: dict[str, Any] = field(default_factory=dict)
