"""Verdicts for simulated deliverables: the judge's JSON with plausible figures, marked as simulated."""

from __future__ import annotations

from random import Random
from typing import Any

ACCEPTED = 0.8
FAILURES = ("wrong_answer", "too_slow", "runtime_error", "time_limit", "compile_error")
CASES = 24


def simulated_verdict(task: str, rng: Random) -> dict[str, Any]:
    """As `heitu judge --json` would print it, without cases' details; `flags` says that nothing was run."""
    code = "accepted" if rng.random() < ACCEPTED else rng.choice(FAILURES)
    middle = round(max(0.4, rng.lognormvariate(0.6, 0.45)), 3)
    spread = 1 + rng.uniform(0.01, 0.12)
    passed = CASES if code in ("accepted", "too_slow") else rng.randrange(CASES)
    cases = [{"id": f"s{number}", "verdict": "accepted" if number < passed else code} for number in range(CASES)]
    return {
        "task": task, "kind": "operator", "verdict": code, "cases": cases, "flags": ["simulated"],
        "score": round(min(100.0, 60 + 20 * (middle - 1)), 1) if code == "accepted" else 0.0,
        "speedup": {"geomean": middle, "low": round(middle / spread, 3), "high": round(middle * spread, 3)},
    }
