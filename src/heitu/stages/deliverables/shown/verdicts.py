"""A deliverable's verdict as a page shows it: a sentence, what to mend, charts, a table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heitu.ground.core.clock import now
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import queries
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging import holdups
from heitu.stages.deliverables.judging.queue import place_of
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.publicly import knows_what_decides, seen_by
from heitu.stages.deliverables.ranking import RANKED
from heitu.stages.deliverables.shown import figures, history, marks
from heitu.stages.deliverables.shown.advice import Advice, advice_for, doubts_of, flag_words, meaning_of
from heitu.stages.deliverables.shown.designs import check_titles, report_shown
from heitu.stages.deliverables.shown.words import (
    case_label,
    first_failure,
    measure_said,
    metric_title,
    outcome,
    phase_title,
    third_party,
    verdict_title,
    verdict_tone,
    worst_element,
)
from heitu.ui.charts import duration


def verdict_shown(deliverable: Deliverable) -> dict[str, Any]:
    """Context of the verdict page and of its live part. `verdict` is None until the judge is done."""
    verdict = getattr(deliverable, "verdict", None)
    waiting = deliverable.judging in (JudgingStatus.QUEUED, JudgingStatus.RUNNING)
    context: dict[str, Any] = {"deliverable": deliverable, "verdict": verdict, "waiting": waiting}
    if verdict is not None:
        return context | judgement(verdict)
    if deliverable.judging == JudgingStatus.QUEUED:
        context |= {"place": place_of(deliverable, now=now()), "held_up": holdups.words(deliverable)}
    if deliverable.judging == JudgingStatus.RUNNING:
        context["phase"] = phase_title(str(deliverable.progress.get("phase", "")))
    return context


def judgement(verdict: Verdict) -> dict[str, Any]:
    """The verdict in words, what to mend, and what there is of an operator or of a model to see."""
    return {
        "outcome": outcome(verdict), "tone": verdict_tone(verdict.code), "story": story(verdict),
        "advice": _advice(verdict), "doubts": doubts_of(verdict.shown.get("flags")),
        "flags": [flag_words(flag) for flag in verdict.shown.get("flags") or []],
        **(_marked(verdict) if marks.is_model(verdict.shown) else _compared(verdict)), **report_shown(verdict.shown),
    }


def _marked(verdict: Verdict) -> dict[str, Any]:
    """A model's measure against threshold and target, and its runs as rows."""
    measure = verdict.shown.get("measure")
    return {
        "is_model": True, "is_public": bool(verdict.shown.get("is_public")),
        "runs": marks.runs(verdict.shown), "facts": marks.facts(measure) if measure else [],
        "chart": marks.chart(measure) if measure else None,
    }


def _compared(verdict: Verdict) -> dict[str, Any]:
    """An operator's charts where cases were timed or compared, and its cases as rows."""
    cases = verdict.shown.get("cases") or []
    titles = check_titles(verdict.shown)
    told = (_row(case) | {"title": titles.get(case["id"])} for case in cases)
    rows = sorted(told, key=lambda row: bool(row["passed"]))  # what to mend comes first
    drawn, failed = [row for row in rows if row["errors"]], [row for row in rows if not row["passed"]]
    return {
        "chart": figures.speedups(cases), "times": figures.times(cases), "cases": rows,
        "errors_failed": [row for row in drawn if not row["passed"]],
        "errors_passed": [row for row in drawn if row["passed"]],
        "has_shapes": any(row["dtype"] or row["shape"] for row in rows),
        "has_times": any(row["time"] for row in rows), "said": next((row["text"] for row in failed if row["text"]), None),
        "only_hidden": bool(failed) and any(row["public"] for row in rows) and not any(row["public"] for row in failed),
    }


def _advice(verdict: Verdict) -> Advice | None:
    """By the rule that the case in the story breaks; a model's runs and a refusal have one for the whole."""
    if verdict.accepted:
        return None
    whole = str(verdict.shown.get("rule") or "")
    failed = None if marks.is_model(verdict.shown) else first_failure(verdict.shown)
    if failed is None:
        return advice_for(whole, verdict.code)
    return advice_for(str(failed.get("rule", "")), failed["verdict"])


def story(verdict: Verdict) -> Text:
    """What happened, in one or two sentences that say what to mend."""
    if measure := verdict.shown.get("measure"):
        return marks.sentence(measure, is_public=bool(verdict.shown.get("is_public")))
    if verdict.accepted:
        return _success(verdict)
    if words := str(verdict.shown.get("text") or ""):
        title, said = verdict_title(verdict.code), _halves(words)
        return Text(zh=f"{title.zh}：{said.zh}", en=f"{title.en}: {said.en}")
    failed = first_failure(verdict.shown)
    if failed is None:
        return verdict_title(verdict.code)
    where = case_label(failed)
    detail = worst_element(failed) or verdict_title(str(failed["verdict"]))
    return Text(
        zh=f"{verdict.cases_passed} / {verdict.cases_total} 例通过。{where} 未过：{detail.zh}。",
        en=f"{verdict.cases_passed} of {verdict.cases_total} cases passed. {where} did not: {detail.en}.",
    )


def _halves(words: str) -> Text:
    """The judge writes what it refuses as “中文 / English”; anything else stands for both languages."""
    zh, _, en = words.partition(" / ")
    return Text(zh=zh, en=en) if en and " / " not in en and not zh.isascii() else Text(zh=words, en=words)


def _success(verdict: Verdict) -> Text:
    passed, total = verdict.cases_passed, verdict.cases_total
    zh, en = f"{total} 例全部通过。", f"All {total} cases passed."
    if passed < total:  # a design's checks that only earn points
        zh, en = f"必过的检查全部通过；共通过 {passed} / {total} 项。", f"All required checks passed; {passed} of {total} in all."
    if verdict.speedup is None:
        return Text(zh=zh, en=en)
    low, high = verdict.speedup_low or 0, verdict.speedup_high or 0
    return Text(
        zh=f"{zh}速度是基线的 {verdict.speedup:.2f} 倍（95% 区间 {low:.2f}–{high:.2f}）。",
        en=f"{en} {verdict.speedup:.2f} times as fast as the baseline (95 % interval {low:.2f}–{high:.2f}).",
    )


def _row(case: Mapping[str, Any]) -> dict[str, Any]:
    passed = case["verdict"] == "accepted"
    return {
        "id": case["id"], "shape": case.get("shape", ""), "dtype": case.get("dtype", ""), "label": case_label(case),
        "outcome": verdict_title(case["verdict"]), "tone": verdict_tone(case["verdict"]), "passed": passed,
        "worst": worst_element(case), "errors": figures.errors(case),
        "text": None if passed or not case.get("text") else _halves(case["text"]),
        "meaning": None if passed else meaning_of(str(case.get("rule", "")), case["verdict"]),
        "public": case.get("public", False), "third_party": third_party(case),
        "time": duration(case["seconds"]) if case.get("seconds") else "",
        "baseline": duration(case["baseline_seconds"]) if case.get("baseline_seconds") else "",
    }


def history_shown(application: Application, viewer: Person | None) -> dict[str, Any]:
    """The latest versions as steps, newest first, and which columns they fill."""
    steps = history.steps(seen_by(viewer, application.call, queries.latest_versions(application)))
    return {
        "versions": steps, "has_figures": any(step.title for step in steps),
        "more": len(steps) == queries.MOST_VERSIONS,
    }


def board(call: Call, viewer: Person | None) -> dict[str, Any]:
    """The leaderboard as rows, what its figure is: the end of the interval that counts, and of which rows of a model."""
    knows = knows_what_decides(viewer, call)
    found = queries.standings(call, publicly=not knows)
    rows = [_place(row, ranked.rank) for ranked, row in found.ranked] + [_place(row, None) for row in found.in_doubt]
    return {
        "rows": rows, "figure_title": _counted(rows[0]["row"].verdict if rows else None),
        "is_ranked": call.kind in RANKED, "is_last_counted": queries.is_last_counted(call.case),
        "has_doubts": bool(found.in_doubt), "of_rows": _rows_counted(call, knows),
    }


def _place(row: Deliverable, rank: int | None) -> dict[str, Any]:
    """One line of the leaderboard, with the whole interval; without a rank where a person has still to look at it."""
    verdict = row.verdict
    span = (verdict.speedup_low, verdict.speedup_high) if not verdict.measure_name else (verdict.measure_low, verdict.measure_high)
    said = [measure_said(end) if verdict.measure_name else f"{end or 0:.2f}" for end in span]
    return {"rank": rank, "row": row, "figure": _counts(verdict), "span": "–".join(said)}


def _rows_counted(call: Call, knows: bool) -> Text | None:
    """Which rows of a model's data the leaderboard is about; None for what has none."""
    if call.kind != DeliverableKind.MODEL:
        return None
    if call.case.closed_at is not None:
        return Text(zh="最终榜：按计分行。", en="Final: by the rows that count.")
    if knows:
        return Text(
            zh="按计分行；任务结束前团队只看得到公开行的榜。",
            en="By the rows that count. Until the call is over, teams see ranks by the public rows.",
        )
    return Text(
        zh="按公开行；任务结束后按计分行公布最终榜。",
        en="By the public rows. Ranks by the rows that count come when the call is over.",
    )


def _counted(verdict: Verdict | None) -> Text:
    if verdict is None or not verdict.measure_name:
        return Text(zh="加速比（下界）", en="Speed-up (low)")
    title = metric_title(verdict.measure_name)
    end = Text(zh="下界", en="low") if verdict.measure_higher else Text(zh="上界", en="high")
    return Text(zh=f"{title.zh}（{end.zh}）", en=f"{title.en} ({end.en})")


def _counts(verdict: Verdict) -> str:
    if verdict.measure_name:
        return measure_said(verdict.measure_low if verdict.measure_higher else verdict.measure_high)
    return f"{verdict.speedup_low or 0:.2f}×"
