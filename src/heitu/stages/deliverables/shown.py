"""A deliverable's verdict as a page shows it: a sentence, a chart, a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.stages.deliverables import machines, queries
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.words import first_failure, verdict_title, verdict_tone, worst_element
from heitu.ui.charts import Interval, intervals


def verdict_shown(deliverable: Deliverable) -> dict[str, Any]:
    """Context of the verdict page and of its live part. `verdict` is None until the judge is done."""
    verdict = getattr(deliverable, "verdict", None)
    waiting = deliverable.judging in (JudgingStatus.QUEUED, JudgingStatus.RUNNING)
    context: dict[str, Any] = {"deliverable": deliverable, "verdict": verdict, "waiting": waiting}
    if verdict is not None:
        return context | judgement(verdict)
    if deliverable.judging == JudgingStatus.QUEUED:
        context["ahead"] = queries.ahead_in_queue(deliverable)
        context["no_machine"] = not machines.can_run(deliverable.toolchain or "numpy", now())
    return context


def judgement(verdict: Verdict) -> dict[str, Any]:
    """The verdict in words, its chart where cases were timed, and its cases as rows."""
    cases = verdict.shown.get("cases") or []
    rows = sorted((_row(case) for case in cases), key=lambda row: bool(row["passed"]))  # what to mend comes first
    return {
        "outcome": verdict_title(verdict.code), "tone": verdict_tone(verdict.code), "story": story(verdict),
        "chart": speedups(cases), "cases": rows, "record": verdict.shown,
        "has_shapes": any(row["dtype"] or row["shape"] for row in rows),
    }


def story(verdict: Verdict) -> Text:
    """What happened, in one or two sentences that say what to mend."""
    if verdict.accepted:
        return _success(verdict)
    if words := verdict.shown.get("text"):
        outcome = verdict_title(verdict.code)
        return Text(zh=f"{outcome.zh}：{words}", en=f"{outcome.en}: {words}")
    failed = first_failure(verdict.shown)
    if failed is None:
        return verdict_title(verdict.code)
    where = f"{failed.get('dtype', '')} {failed.get('shape', '')}".strip() or str(failed["id"])
    detail = worst_element(failed) or verdict_title(str(failed["verdict"]))
    return Text(
        zh=f"{verdict.cases_passed} / {verdict.cases_total} 例通过。{where} 未过：{detail.zh}。",
        en=f"{verdict.cases_passed} of {verdict.cases_total} cases passed. {where} did not: {detail.en}.",
    )


def _success(verdict: Verdict) -> Text:
    zh, en = f"{verdict.cases_total} 例全部通过。", f"All {verdict.cases_total} cases passed."
    if verdict.speedup is None:
        return Text(zh=zh, en=en)
    low, high = verdict.speedup_low or 0, verdict.speedup_high or 0
    return Text(
        zh=f"{zh}速度是基线的 {verdict.speedup:.2f} 倍（95% 区间 {low:.2f}–{high:.2f}）。",
        en=f"{en} {verdict.speedup:.2f} times as fast as the baseline (95 % interval {low:.2f}–{high:.2f}).",
    )


def speedups(cases: list[Mapping[str, Any]]) -> object | None:
    """The chart of timed cases with their intervals against the baseline at 1×; None where nothing was timed."""
    rows = [_interval(case) for case in cases if case.get("speedup") is not None]
    return intervals(rows, title=Text(zh="各用例相对基线的加速比", en="Speed-up over the baseline by case")) if rows else None


def _interval(case: Mapping[str, Any]) -> Interval:
    wrong = "" if case["verdict"] == "accepted" else verdict_title(case["verdict"])
    label = f"{case.get('dtype', '')} · {case.get('shape', '')}"
    return Interval(label, case.get("speedup_low"), case["speedup"], case.get("speedup_high"), wrong)


def _row(case: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": case["id"], "shape": case.get("shape", ""), "dtype": case.get("dtype", ""),
        "outcome": verdict_title(case["verdict"]), "tone": verdict_tone(case["verdict"]),
        "worst": worst_element(case), "seconds": case.get("seconds"), "passed": case["verdict"] == "accepted",
    }
