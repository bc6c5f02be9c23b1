"""Verdicts and figures in words, as the pages and mails say them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from heitu.ground.core.text import Text
from heitu.stages.deliverables.models import Verdict

_VERDICTS = {
    "accepted": ("通过", "accepted"),
    "wrong_answer": ("结果不对", "wrong answer"),
    "too_slow": ("太慢", "too slow"),
    "time_limit": ("超时", "over the time limit"),
    "memory_limit": ("超内存", "over the memory limit"),
    "output_limit": ("输出超限", "over the output limit"),
    "runtime_error": ("运行出错", "runtime error"),
    "compile_error": ("编译失败", "does not compile"),
    "refused": ("不予评测", "refused"),
    "judge_error": ("评测机故障", "judge at fault"),
    "skipped": ("没有运行", "not run"),
}


def verdict_title(code: str) -> Text:
    zh, en = _VERDICTS.get(code, (code, code))
    return Text(zh=zh, en=en)


def outcome(verdict: Verdict) -> Text:
    """The verdict's title; a model isn't wrong, it falls short."""
    if verdict.code == "wrong_answer" and verdict.measure_name:
        return Text(zh="未达标", en="falls short")
    return verdict_title(verdict.code)


def verdict_tone(code: str) -> str:
    return {"accepted": "sprout", "judge_error": "sky", "skipped": ""}.get(code, "clay")


_PHASES = {
    "compile": ("编译", "compiling"),
    "build": ("构建", "building"),
    "check": ("核对精度", "checking accuracy"),
    "time": ("测速", "timing"),
    "train": ("训练与预测", "training and predicting"),
}


def phase_title(phase: str) -> Text:
    """What the judge is doing; nothing for a phase that nobody has words for."""
    zh, en = _PHASES.get(phase, ("", ""))
    return Text(zh=zh, en=en)


def case_label(case: Mapping[str, Any]) -> str:
    """float16 · 4096×4096, else the case's name."""
    return " · ".join(part for part in (case.get("dtype"), case.get("shape")) if part) or str(case.get("id", ""))


def first_failure(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The first case that did not pass, a public one if possible, since more can be said of it; or None."""
    failed = [case for case in record.get("cases") or [] if case.get("verdict") != "accepted"]
    return next((case for case in failed if case.get("public")), next(iter(failed), None))


def worst_element(case: Mapping[str, Any]) -> Text | None:
    """“the worst element is [17, 4093]: 0.021 off, 0.0156 allowed”, where the record has it."""
    worst = (case.get("error") or {}).get("worst") or {}
    index, off, allowed = worst.get("index"), worst.get("error"), worst.get("allowed")
    if index is None or off is None or allowed is None:
        return None
    place = "[" + ", ".join(str(number) for number in index) + "]"
    if isinstance(off, str):  # JSON has no NaN and no infinity, so the judge writes them out
        got, wanted = _said(worst.get("actual")), _said(worst.get("expected"))
        return Text(zh=f"元素 {place} 得 {got}，应为 {wanted}", en=f"element {place} is {got}, and should be {wanted}")
    return Text(
        zh=f"最差元素 {place}，误差 {_said(off)}，限 {_said(allowed)}",
        en=f"the worst element is {place}, off by {_said(off)} against {_said(allowed)} allowed",
    )


def third_party(case: Mapping[str, Any]) -> Text | None:
    """Of a double benchmark: how the errors compare with the third party's, and what is allowed."""
    found = (case.get("error") or {}).get("third_party")
    if not found:
        return None
    pairs = [(name.upper(), _said(ratio), _said(found["allowed"][name])) for name, ratio in found["ratios"].items()]
    zh = "、".join(f"{name} {ratio}（限 {most}）" for name, ratio, most in pairs)
    en = ", ".join(f"{name} {ratio} (at most {most})" for name, ratio, most in pairs)
    return Text(zh=f"误差与第三方实现之比：{zh}", en=f"errors over the third party's: {en}")


def _said(value: float | str | None) -> str:
    return str(value) if value is None or isinstance(value, str) else f"{value:.3g}"


_METRICS = {
    "accuracy": ("准确率", "accuracy"),
    "macro_f1": ("宏平均 F1", "macro F1"),
    "auc": ("AUC", "AUC"),
    "rmse": ("均方根误差", "RMSE"),
    "mae": ("平均绝对误差", "MAE"),
    "r2": ("R²", "R²"),
}


def metric_title(name: str) -> Text:
    zh, en = _METRICS.get(name, (name, name))
    return Text(zh=zh, en=en)


def measure_said(value: float | None) -> str:
    """A metric's value with four significant digits: 0.9812, 12.35."""
    return "–" if value is None else f"{value:#.4g}"


def figure(speedup: float | None, measure_name: str, measure: float | None) -> Text:
    """What a version reached, in short: 2.31×, or R² 0.9812; an en dash where nothing was measured."""
    if measure is not None:
        title, said = metric_title(measure_name), measure_said(measure)
        return Text(zh=f"{title.zh} {said}", en=f"{title.en} {said}")
    said = "–" if speedup is None else f"{speedup:.2f}×"
    return Text(zh=said, en=said)


def listed(words: Sequence[str]) -> Text:
    """“.py、.cpp 或 .zip” and “.py, .cpp or .zip”."""
    *first, last = words
    if not first:
        return Text(zh=last, en=last)
    return Text(zh=f"{'、'.join(first)} 或 {last}", en=f"{', '.join(first)} or {last}")
