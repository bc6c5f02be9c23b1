"""Judging again what a record says was judged, and saying whether the same came out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.judging import judge
from heitu.engines.judge.records import Record, commitment
from heitu.engines.judge.speed import ENOUGH
from heitu.engines.judge.submission import take_in
from heitu.engines.judge.task import Task, read_task
from heitu.engines.judge.verdict import Report, Verdict
from heitu.engines.sandbox.nursery import Nursery

_MACHINE = ("machine", "processor", "kernel", "python", "numpy", "ml_dtypes", "requirements")


@dataclass(frozen=True)
class Remark:
    """One thing that was compared. `holds` is None where it is only worth knowing."""

    name: str
    holds: bool | None
    zh: str
    en: str


@dataclass(frozen=True)
class Replay:
    """`verdict` is the new one; None, since nothing was run, where record, task or submission isn't what it claims."""

    remarks: list[Remark]
    verdict: Verdict | None

    @property
    def ok(self) -> bool:
        """Whether the record holds."""
        return self.verdict is not None and all(remark.holds is not False for remark in self.remarks)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data."""
        remarks = [vars(remark) for remark in self.remarks]
        return {"ok": self.ok, "remarks": remarks, "verdict": self.verdict.as_json() if self.verdict else None}

    def __str__(self) -> str:
        marks = {True: "✓", False: "✗", None: "·"}
        return "\n".join(f"{marks[each.holds]} {each.zh}\n  {each.en}" for each in self.remarks)


def replay(
    record: Record,
    task_dir: Path | str,
    submission: Path | str,
    *,
    key: str = "",
    allow_missing: Iterable[str] = (),
    nursery: Nursery | None = None,
    progress: Report | None = None,
) -> Replay:
    """Check the signature (by `key`, hex digits, where one is known), judge with the record's seed, and compare.

    Raises BrokenTask, BrokenCall and LayersMissing.
    """
    old, options = record.verdict, record.verdict["options"]
    remarks = [_signed(record, key), *_committed(record)]
    if all(remark.holds for remark in remarks):
        remarks += _identities(old["digests"], read_task(task_dir), submission)
    if not all(remark.holds for remark in remarks):
        return Replay(remarks, None)
    new = judge(
        task_dir, submission, cases=options["cases"], seed=old["seed"], repeat=options["repeat"], quick=options["quick"],
        allow_missing=allow_missing, nursery=nursery, progress=progress,
    )
    return Replay([*remarks, *outcomes(old, new.as_json())], new)


def _signed(record: Record, key: str) -> Remark:
    if key and key.lower() != record.key.lower():
        return Remark("key", False, "记录由另一把密钥签名", "the record was signed by another key")
    if not record.is_genuine:
        return Remark("signature", False, "签名不符：记录被改动过", "the signature is wrong: the record was changed")
    whose = ("", "") if key else ("（未核对是谁的密钥）", " (whose key it is wasn't checked)")
    return Remark("signature", True, f"签名有效{whose[0]}", f"the signature is valid{whose[1]}")


def _committed(record: Record) -> Iterator[Remark]:
    """Whether the seed is the one that was fixed, and shown as a hash, before the work was judged."""
    if record.seed_hash:
        kept = commitment(record.verdict["seed"], record.salt) == record.seed_hash
        yield Remark(
            "seed", kept, f"种子与评测前公布的承诺{'一致' if kept else '不符'}",
            f"the seed is {'' if kept else 'not '}the one that was committed to before the judging",
        )


def _identities(digests: dict[str, str], task: Task, submission: Path | str) -> Iterator[Remark]:
    """Whether this is the task, and the work, that the record is about."""
    for name, digest, zh, en in (
        ("task", task.digest, "评测任务", "task"), ("submission", _digest(submission, task), "提交物", "submission"),
    ):
        same = digests.get(name) == digest
        yield Remark(
            name, same, f"{zh}与记录{'一致' if same else '不一致'}",
            f"the {en} is {'the one' if same else 'not the one'} of the record",
        )


def _digest(submission: Path | str, task: Task) -> str:
    """As a verdict has it: empty for what is refused."""
    try:
        return take_in(submission, task.spec).digest
    except Refusal:
        return ""


def outcomes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Remark]:
    """What two verdicts (their JSON) on the same work say alike and otherwise."""
    yield _compared("verdict", "结论", "verdict", old["verdict"], new["verdict"])
    before, after = ({case["id"]: case["verdict"] for case in each["cases"]} for each in (old, new))
    differing = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    if before or after:
        yield Remark(
            "cases", not differing, f"{len(before)} 个用例" + (f"，不同的有：{'、'.join(differing)}" if differing else "结论相同"),
            f"{len(before)} cases" + (f", of which differ: {', '.join(differing)}" if differing else " with the same verdicts"),
        )
    machine = [name for name in _MACHINE if old["toolchain"].get(name) != new["toolchain"].get(name)]
    for name, zh, en in (("speedup", "加速比", "speed-up"), ("measure", "指标", "measure")):
        if _has_interval(old.get(name)) and _has_interval(new.get(name)):
            is_loose = name == "speedup" and (bool(machine) or _is_first_look(old) or _is_first_look(new))
            yield _intervals(name, zh, en, old[name], new[name], is_loose=is_loose)
    if machine:
        names = ", ".join(machine)
        yield Remark("machine", None, f"机器或版本不同：{names}", f"another machine or version: {names}")


def _has_interval(found: Mapping[str, Any] | None) -> bool:
    """A measure that isn't finite has none."""
    return found is not None and found["low"] is not None and found["high"] is not None


def _is_first_look(verdict: Mapping[str, Any]) -> bool:
    return any(len(processes) < ENOUGH for processes in (verdict.get("samples") or {}).values())


def _compared(name: str, zh: str, en: str, before: object, after: object) -> Remark:
    if before == after:
        return Remark(name, True, f"{zh}相同：{after}", f"the same {en}: {after}")
    return Remark(name, False, f"{zh}不同：原为 {before}，现为 {after}", f"another {en}: {before} then, {after} now")


def _intervals(
    name: str, zh: str, en: str, before: dict[str, float], after: dict[str, float], *, is_loose: bool
) -> Remark:
    """Two 95 % intervals of one thing should overlap; a ratio of times needn't (`is_loose`) on another machine, nor in a
    first look, whose interval knows nothing of how processes differ."""
    overlap = before["low"] <= after["high"] and after["low"] <= before["high"]
    shown = f"[{before['low']:.3g}, {before['high']:.3g}] → [{after['low']:.3g}, {after['high']:.3g}]"
    said = ("重叠", "overlap") if overlap else ("不重叠", "don't overlap")
    holds = True if overlap else (None if is_loose else False)
    return Remark(name, holds, f"{zh}区间{said[0]}：{shown}", f"the {en} intervals {said[1]}: {shown}")
