"""The library's entry: one submission, one verdict."""

from __future__ import annotations

import contextlib
import platform
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

import ml_dtypes
import numpy as np

from heitu.engines.judge.apart import AcceptanceApart, BenchApart, PapersApart
from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.designs.evaluate import Designs
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.finding import Finding
from heitu.engines.judge.models import Models
from heitu.engines.judge.operators import Effort, Operators
from heitu.engines.judge.parts import nearest
from heitu.engines.judge.records import draw_seed
from heitu.engines.judge.submission import Submission, take_in
from heitu.engines.judge.task import Model, Operator, Task, read_task
from heitu.engines.judge.timing import Plan
from heitu.engines.judge.verdict import JUDGE_ERROR, REFUSED, Progress, Report, Verdict
from heitu.engines.sandbox.compiler import FLAGS
from heitu.engines.sandbox.errors import BrokenCall, SandboxFault
from heitu.engines.sandbox.layers import ESSENTIAL, LAYERS
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.toolchains import TOOLCHAINS

QUICK = Effort(Plan(processes=1, most=1, pairs=3, warmups=1, patience=0.0), twice=False)


def judge(
    task_dir: Path | str,
    submission: Path | str,
    *,
    cases: Literal["public", "all"] = "all",
    seed: int | None = None,
    repeat: int | None = None,
    quick: bool = False,
    allow_missing: Iterable[str] = (),
    nursery: Nursery | None = None,
    progress: Report | None = None,
) -> Verdict:
    """Judge a submission (file, folder or zip) by a task folder.

    `repeat` is the number of fresh process pairs that are timed (3, and up to 48 while the interval is wide, or 1 when
    `quick`); `quick` also checks every case once only and times three pairs of it. `seed` fixes cases and draws; None
    takes one that nobody knows.
    `nursery` is one already entered, which spares many runs in a row its start of about 0.4 s.
    Raises BrokenTask, BrokenCall and LayersMissing; a fault of the sandbox is the verdict judge_error.
    """
    begun = time.monotonic()
    task = read_task(task_dir)
    waived = _known_layers(allow_missing, task)
    seed = draw_seed()[0] if seed is None else seed
    options = {"cases": cases, "quick": quick, "repeat": repeat}
    try:
        taken = take_in(submission, task.spec)
    except Refusal as refusal:
        finding = Finding(REFUSED, 0.0, [], rule=refusal.rule, text=f"{refusal.zh} / {refusal.en}")
        return replace(_verdict(task, None, seed, finding, begun), options=options)
    try:
        with contextlib.ExitStack() as stack:
            evaluate = _evaluator(stack, task, seed, _effort(quick, repeat), progress or _silent, public_only=cases == "public")
            finding = evaluate(stack.enter_context(_place(nursery, _toolchain_of(task, taken), waived)), taken)
    except (SandboxFault, TimeoutError) as fault:
        finding = Finding(JUDGE_ERROR, 0.0, [], text=str(fault))
    if waived:
        finding.timings.flags.extend(f"without:{layer}" for layer in sorted(waived))
    return replace(_verdict(task, taken, seed, finding, begun), options=options)


def _evaluator(
    stack: contextlib.ExitStack, task: Task, seed: int, effort: Effort, report: Report, *, public_only: bool
) -> Callable[[Nursery, Submission], Finding]:
    """What judges this kind of task; its own code is loaded aside (and ended with `stack`), and found broken, before a sandbox is made."""
    if isinstance(task.spec, Model):
        papers, quick = stack.enter_context(PapersApart(task, seed)), not effort.twice
        return lambda place, taken: Models(place, papers, report, quick=quick, public_only=public_only).evaluate(taken)
    if isinstance(task.spec, Design):
        acceptance = stack.enter_context(AcceptanceApart(task, seed))
        return lambda place, taken: Designs(place, acceptance, report, public_only=public_only).evaluate(taken)
    bench = stack.enter_context(BenchApart(task, seed))
    return lambda place, taken: Operators(place, bench, effort, report, public_only=public_only).evaluate(taken)


def _toolchain_of(task: Task, taken: Submission) -> str:
    """A model's or design's task names it; an operator's submission chooses it by its language."""
    if isinstance(task.spec, Model | Design):
        return task.spec.toolchain
    return taken.language if taken.language in TOOLCHAINS else "numpy"


def _place(nursery: Nursery | None, toolchain: str, waived: frozenset[str]) -> contextlib.AbstractContextManager[Nursery]:
    """The caller's zygote where it has the toolchain, else one of our own."""
    if nursery is not None and nursery.toolchain.name == toolchain:
        return contextlib.nullcontext(nursery)
    return Nursery(toolchain, waived=waived)


def _known_layers(names: Iterable[str], task: Task) -> frozenset[str]:
    waived = frozenset(names)
    if isinstance(task.spec, Design):
        _insist_on_network_namespace(waived)
    for name in waived:
        if name not in LAYERS:
            raise BrokenCall("layer", f"没有名为 {name} 的层", f"no layer {name}{nearest(name, LAYERS)}")
        if name in ESSENTIAL:
            raise BrokenCall("layer", f"{name} 不可放行", f"{name} can't be waived: there is no sandbox without it")
    return waived


def _insist_on_network_namespace(waived: frozenset[str]) -> None:
    """An application may open sockets, so it must have a network of its own."""
    if "network-namespace" in waived:
        zh, en = "参考设计需要 network-namespace，不可放行", "a reference design needs network-namespace, which can't be waived"
        raise BrokenCall("layer", zh, en)


def _effort(quick: bool, repeat: int | None) -> Effort:
    effort = QUICK if quick else Effort()
    if repeat is None:
        return effort
    if not 1 <= repeat <= 50:
        raise BrokenCall("repeat", "repeat 须在 1 到 50 之间", "repeat must be from 1 to 50")
    return replace(effort, plan=replace(effort.plan, processes=repeat, most=repeat))


def _silent(_: Progress) -> None:
    """Nobody watches."""


def _verdict(task: Task, taken: Submission | None, seed: int, finding: Finding, begun: float) -> Verdict:
    spec = task.spec
    return Verdict(
        task=task.name,
        kind=spec.kind,
        verdict=finding.verdict,
        score=finding.score,
        cases=finding.cases,
        seed=seed,
        rule=finding.rule,
        text=finding.text,
        speedup=finding.speedup,
        limits=spec.limits.model_dump(),
        measure=finding.measure,
        public_measure=finding.public_measure,
        standard=spec.tolerance.standard if isinstance(spec, Operator) else "",
        toolchain=_toolchain(task, taken),
        flags=list(finding.timings.flags),
        digests={"task": task.digest, "submission": taken.digest if taken else ""},
        empty_call_seconds=finding.timings.empty or None,
        samples=finding.timings.samples,
        log=finding.log,
        report=finding.report,
        seconds=round(time.monotonic() - begun, 3),
    )


def _toolchain(task: Task, taken: Submission | None) -> dict[str, Any]:
    """What the verdict depends on besides the task: the machine and the versions."""
    language = taken.language if taken else ""
    name = _toolchain_of(task, taken) if taken else "numpy"
    found: dict[str, Any] = {
        "language": language,
        "requirements": list(TOOLCHAINS[name].requirements),
        "python": platform.python_version(),
        "numpy": np.__version__,
        "ml_dtypes": ml_dtypes.__version__,
        "machine": platform.machine(),
        "processor": processor(),
        "kernel": platform.release(),
    }
    if language == "cpp":
        found["flags"] = list(FLAGS)
    return found


@lru_cache(maxsize=1)
def processor() -> str:
    """The model's name, as Linux tells it; its architecture where that has none."""
    rows = (line.partition(":") for line in Path("/proc/cpuinfo").read_text(errors="replace").splitlines())
    return next((value.strip() for key, _, value in rows if key.strip() == "model name"), platform.machine())
