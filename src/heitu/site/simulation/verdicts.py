"""Verdicts for simulated deliverables: the judge's JSON with plausible figures, marked as simulated."""

from __future__ import annotations

from random import Random
from typing import Any

from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.metrics import METRICS
from heitu.engines.judge.task import Aim, Model, Spec

ACCEPTED = 0.8
FAILURES = ("wrong_answer", "too_slow", "runtime_error", "time_limit", "compile_error")
MODEL_FAILURES = ("wrong_answer", "wrong_answer", "runtime_error", "time_limit", "memory_limit")
CASES = 24
RUNS = 3


def simulated_verdict(task: str, rng: Random, spec: Spec) -> dict[str, Any]:
    """As `heitu judge --json` would print it, without cases' details; `flags` says that nothing was run."""
    if isinstance(spec, Model):
        return _of_a_model(task, rng, spec.metric)
    if isinstance(spec, Design):
        return _of_a_design(task, rng, spec)
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


def _of_a_model(task: str, rng: Random, aim: Aim) -> dict[str, Any]:
    """Accepted ones lie between threshold and target, wrong ones short of the threshold; others were never marked."""
    code = "accepted" if rng.random() < ACCEPTED else rng.choice(MODEL_FAILURES)
    share = rng.uniform(0.05, 0.95) * (1 if code == "accepted" else -1)
    is_marked = code in ("accepted", "wrong_answer")
    outcome = "accepted" if code == "accepted" else code
    count = RUNS if is_marked else 1
    return {
        "task": task, "kind": "model", "verdict": code, "flags": ["simulated"],
        "rule": "below_threshold" if code == "wrong_answer" else "",
        "cases": [{"id": f"run-{n + 1}{'-hidden' if is_marked else ''}", "verdict": outcome} for n in range(count)],
        "score": round(60 + 40 * share, 1) if code == "accepted" else 0.0,
        "measure": _measure(rng, aim, share) if is_marked else None,
    }


def _of_a_design(task: str, rng: Random, spec: Design) -> dict[str, Any]:
    """Accepted ones pass every required check and most of the others; the rest fail a required one."""
    code = "accepted" if rng.random() < ACCEPTED else rng.choice(("wrong_answer", "wrong_answer", "runtime_error"))
    wanted = [check.name for check in spec.checks if check.required == (code != "accepted")]
    failed = rng.choice([*wanted, ""]) if code == "accepted" else rng.choice(wanted)
    cases = [
        {"id": check.name, "verdict": "accepted" if check.name != failed else "wrong_answer" if code == "accepted" else code}
        for check in spec.checks
    ]
    earned = sum(check.weight for check in spec.checks if check.name != failed) / sum(c.weight for c in spec.checks)
    return {
        "task": task, "kind": "design", "verdict": code, "flags": ["simulated"], "cases": cases,
        "score": round(100 * earned, 1) if code == "accepted" else 0.0,
    }


def _measure(rng: Random, aim: Aim, share: float) -> dict[str, Any]:
    """A mean that lies `share` of the way from threshold to target, with runs and an interval about it."""
    way = aim.target - aim.threshold
    runs = [round(aim.threshold + way * (share + rng.uniform(-0.04, 0.04)), 5) for _ in range(RUNS)]
    mean, spread = sum(runs) / RUNS, abs(way) * rng.uniform(0.05, 0.2)
    low, high = round(mean - spread, 5), round(mean + spread, 5)
    return {
        "name": aim.name, "mean": round(mean, 5), "low": low, "high": high, "runs": runs,
        "higher": METRICS[aim.name].higher, "threshold": aim.threshold, "target": aim.target,
    }
