"""Examining a task before it is published: does it pay for nonsense, is it steady, is its baseline a tie?"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes
from heitu.engines.judge.accuracy import compare
from heitu.engines.judge.apart import BenchApart
from heitu.engines.judge.cases import Bench, Case, Sample
from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.designs.vet import faults_of_design
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.judging import judge
from heitu.engines.judge.task import Model, Operator, Task, read_task
from heitu.engines.judge.verdict import ACCEPTED, Verdict
from heitu.engines.judge.vet_models import faults_of_model

_SEED = 20240229
_ABOUT_ONE = 0.03
_TRIES = 3


@dataclass(frozen=True)
class Report:
    """What is wrong with a task: one line a fault; none when it may be published."""

    task: str
    faults: list[str] = field(default_factory=list)
    speedup: dict[str, Any] | None = None

    @property
    def ok(self) -> bool:
        """Whether the task may be published."""
        return not self.faults

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {"ok": self.ok, **vars(self)}

    def __str__(self) -> str:
        return f"{self.task}: " + ("ok" if self.ok else "refused\n" + "\n".join(f"  {fault}" for fault in self.faults))


def vet(folder: Path | str, *, timed: bool = True, allow_missing: Iterable[str] = ()) -> Report:
    """Examine a task folder.

    Without `timed`, which wants a quiet machine, neither whether an operator's baseline ties with itself nor how a
    design's examples end.

    Raises BrokenTask where it can't even be read or run.
    """
    task = read_task(folder)
    if isinstance(task.spec, Model):
        return Report(task.name, faults_of_model(task, _SEED, allow_missing))
    if isinstance(task.spec, Design):
        return Report(task.name, faults_of_design(task, _SEED, allow_missing, timed=timed))
    with BenchApart(task, _SEED) as bench, BenchApart(task, _SEED) as again:
        faults = [*_accepted_nonsense(bench), *_unsteady(bench, again), *_not_timed(bench)]
    if faults or not timed:
        return Report(task.name, faults)
    faults, speedup = _baseline_against_itself(task, allow_missing)
    return Report(task.name, faults, speedup)


def _not_timed(bench: Bench) -> list[str]:
    missing = [] if any(case.timed for case in bench.cases) else ["no case is timed"]
    return missing + ([] if any(case.public for case in bench.cases) else ["no case is public"])


def _unsteady(bench: Bench, again: Bench) -> list[str]:
    """Cases whose inputs or golden differ between two loads of the task at one seed."""
    if [case.id for case in again.cases] != [case.id for case in bench.cases]:
        return ["cases.py yields other cases at the same seed"]
    both = zip(bench.cases, again.cases, strict=True)
    unsteady = [one.id for one, other in both if not _same(bench.sample(one, 0), again.sample(other, 0))]
    return [f"{name}: not the same at the same seed" for name in unsteady]


def _same(one: Sample, other: Sample) -> bool:
    values = zip(
        [*one.inputs.values(), *one.golden, *one.theirs],
        [*other.inputs.values(), *other.golden, *other.theirs],
        strict=True,
    )
    return all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in values)


def _accepted_nonsense(bench: Bench) -> list[str]:
    faults: list[str] = []
    previous: Sample | None = None
    for case in bench.cases:
        sample = bench.sample(case, 0)
        earlier = bench.sample(case, 1) if case.timed else previous
        if undefined := _undefined(sample):
            faults.append(f"{case.id}: the reference returns NaN at {undefined}, though every input is finite")
        elif not case.degenerate:
            faults += [f"{case.id}: accepts {name}" for name in _passing(bench, case, sample, earlier)]
        previous = sample
    return faults


def _undefined(sample: Sample) -> list[int]:
    """The index of a NaN that no NaN or infinity among the inputs accounts for; empty where there is none."""
    if not all(np.isfinite(np.asarray(value, np.float64)).all() for value in sample.inputs.values()):
        return []
    places = (np.argwhere(np.isnan(golden)) for golden in sample.golden if golden.dtype.kind == "f" and golden.ndim)
    return next((found[0].tolist() for found in places if len(found)), [])


def _passing(bench: Bench, case: Case, sample: Sample, earlier: Sample | None) -> list[str]:
    answers = {name: _nonsense(name, sample, earlier) for name in _NONSENSE}
    return [name for name, outputs in answers.items() if outputs and _passes(bench, case, sample, outputs)]


_NONSENSE = ("zeros", "ones", "the mean", "the identity", "the previous output", "noise")


def _nonsense(name: str, sample: Sample, earlier: Sample | None) -> list[Array]:
    """Outputs that took no work, in float64 and of the golden's shapes; empty where there is none."""
    first = next((v for v in sample.inputs.values() if isinstance(v, np.ndarray)), None)
    rng = np.random.default_rng(_SEED)
    made: list[Array] = []
    for number, golden in enumerate(sample.golden):
        finite = golden[np.isfinite(golden)].astype(np.float64) if golden.size else golden
        mean, spread = (float(finite.mean()), float(finite.std())) if finite.size else (0.0, 1.0)
        if name == "the identity" and (first is None or first.shape != golden.shape):
            return []
        if name == "the previous output" and (earlier is None or earlier.golden[number].shape != golden.shape):
            return []
        made.append(_answer(name, golden, mean, spread, first, earlier.golden[number] if earlier else None, rng))
    return made


def _answer(
    name: str,
    golden: Array,
    mean: float,
    spread: float,
    first: Array | None,
    earlier: Array | None,
    rng: np.random.Generator,
) -> Array:
    if name == "the identity" and first is not None:
        return first.astype(np.float64)
    if name == "the previous output" and earlier is not None:
        return earlier.astype(np.float64)
    if name == "noise":
        return np.asarray(rng.normal(mean, spread or 1.0, golden.shape))
    return np.full(golden.shape, {"zeros": 0.0, "ones": 1.0, "the mean": mean}[name])


def _passes(bench: Bench, case: Case, sample: Sample, outputs: list[Array]) -> bool:
    """Whether every output passes: nonsense in one of them must not."""
    for golden, theirs, actual, name, rule in zip(
        sample.golden, sample.theirs, outputs, bench.dtypes(case), bench.standards(case), strict=True
    ):
        with np.errstate(all="ignore"):
            cast = actual.astype(dtypes.dtype(name))
        if not compare(cast, golden, name, rule, theirs=theirs).passed:
            return False
    return True


def _baseline_against_itself(task: Task, allow_missing: Iterable[str]) -> tuple[list[str], dict[str, Any] | None]:
    """Again, thrice at most, while it isn't a tie: a busy machine's bad luck doesn't come three times."""
    for _ in range(_TRIES):
        verdict = _judged_by_itself(task, allow_missing)
        if verdict.verdict != ACCEPTED:
            case = next((c for c in verdict.cases if c.verdict != ACCEPTED), None)
            where = f" on {case.id}" if case else ""
            return [f"the baseline itself is {verdict.verdict}{where}: {verdict.rule} {verdict.text}".strip()], None
        found = verdict.speedup
        if found is None:
            return ["nothing could be timed"], None
        if found.low <= 1.0 <= found.high or abs(found.geomean - 1) <= _ABOUT_ONE:
            return [], vars(found)
        fault = f"the baseline against itself isn't a tie: {found.geomean:.3f}"
    return [fault], vars(found)


def _judged_by_itself(task: Task, allow_missing: Iterable[str]) -> Verdict:
    assert isinstance(task.spec, Operator)
    baseline = task.folder / task.spec.timing.baseline
    with tempfile.TemporaryDirectory(prefix="heitu-vet-") as folder:
        copy = Path(folder) / f"submission{baseline.suffix}"
        shutil.copyfile(baseline, copy)
        return judge(task.folder, copy, seed=_SEED, allow_missing=allow_missing)
