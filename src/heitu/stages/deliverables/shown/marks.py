"""How a model was marked, as a page shows it: the measure with its interval, threshold and target, and every run."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from heitu.ground.core.text import Text
from heitu.stages.deliverables.shown.words import measure_said, metric_title, verdict_title, verdict_tone
from heitu.ui.charts import Interval, against, duration

THRESHOLD, TARGET = Text(zh="门槛", en="threshold"), Text(zh="目标", en="target")
RUN = re.compile(r"run-(\d+)")


def is_model(shown: Mapping[str, Any]) -> bool:
    return shown.get("kind") == "model"


def sentence(measure: Mapping[str, Any], *, is_public: bool = False) -> Text:
    """The mean over the runs with its interval, and where it stands between threshold and target."""
    told = _told_of(measure)
    if not is_public:
        return told
    return Text(
        zh=f"公开行：{told.zh}结论按计分行得出，其成绩在任务结束后公布。",
        en=f"On the public rows: {told.en} The verdict is by the rows that count; their figures come when the call is over.",
    )


def _told_of(measure: Mapping[str, Any]) -> Text:
    title, bar, goal = metric_title(measure["name"]), measure["threshold"], measure.get("target")
    mean, low, high = (measure_said(measure[name]) for name in ("mean", "low", "high"))
    met = is_met(measure, measure["mean"])
    zh = f"{title.zh} {mean}（95% 区间 {low}–{high}），{'达到' if met else '未达'}门槛 {bar:g}"
    en = f"{title.en} {mean} (95 % interval {low}–{high}), {'which meets' if met else 'short of'} the threshold {bar:g}"
    if goal is None:
        return Text(zh=f"{zh}。", en=f"{en}.")
    return Text(zh=f"{zh}；目标 {goal:g}。", en=f"{en}; the target is {goal:g}.")


def is_met(measure: Mapping[str, Any], value: float | None) -> bool:
    """Whether a value reaches the threshold; one that isn't a number never does."""
    if value is None:
        return False
    return bool(value >= measure["threshold"] if measure["higher"] else value <= measure["threshold"])


def facts(measure: Mapping[str, Any]) -> list[tuple[Text, Text | str]]:
    """Term and value of what decides."""
    title, higher = metric_title(measure["name"]), measure["higher"]
    way = Text(zh="越高越好", en="higher is better") if higher else Text(zh="越低越好", en="lower is better")
    low, high = measure_said(measure["low"]), measure_said(measure["high"])
    found: list[tuple[Text, Text | str]] = [
        (Text(zh="指标", en="Metric"), Text(zh=f"{title.zh}（{way.zh}）", en=f"{title.en} ({way.en})")),
        (Text(zh="成绩", en="Reached"), measure_said(measure["mean"])),
        (Text(zh="95% 区间", en="95% interval"), f"{low}–{high}"),
        (Text(zh="门槛", en="Threshold"), f"{measure['threshold']:g}"),
    ]
    return [*found, (Text(zh="目标", en="Target"), f"{measure['target']:g}")] if "target" in measure else found


def chart(measure: Mapping[str, Any]) -> object | None:
    """The mean with its interval and each run's mark, against threshold and target; None without a number."""
    bar, title = measure["threshold"], metric_title(measure["name"])
    if measure["mean"] is None:
        return None
    rows = [_interval(measure, Text(zh="平均", en="Mean"), measure["mean"], measure["low"], measure["high"])]
    rows += [
        _interval(measure, Text(zh=f"第 {n} 次", en=f"Run {n}"), value)
        for n, value in enumerate(measure["runs"], start=1)
    ]
    return against(
        rows, title=Text(zh=f"各次运行的{title.zh}", en=f"{title.en} of each run"), measure=title, say=measure_said,
        bar=(bar, THRESHOLD), goal=(measure.get("target", bar), TARGET),
    )


def _interval(
    measure: Mapping[str, Any], label: Text, value: float | None, low: float | None = None, high: float | None = None
) -> Interval:
    return Interval(label, low, value, high, "" if is_met(measure, value) else verdict_title("wrong_answer"))


def runs(shown: Mapping[str, Any]) -> list[dict[str, Any]]:
    """A row a run: marks on the public rows and on those that decide, how many there were, and how long it took.

    A run that ended early has its verdict and message instead.
    """
    measure = shown.get("measure") or {}
    found: dict[int, dict[str, Any]] = {}
    for case in shown.get("cases") or []:
        name = RUN.match(str(case["id"]))
        if name:
            row = found.setdefault(int(name[1]), {"number": int(name[1]), "public": "", "hidden": ""})
            row |= _told(case)
    for row in found.values():
        value = None if shown.get("is_public") else dict(enumerate(measure.get("runs") or [], start=1)).get(row["number"])
        row["decides"] = "" if value is None else measure_said(value)
        row["passed"] = bool(measure) and is_met(measure, value)
    return [found[number] for number in sorted(found)]


def _told(case: Mapping[str, Any]) -> dict[str, Any]:
    error, part = case.get("error") or {}, str(case["id"]).rpartition("-")[2]
    time = duration(case["seconds"]) if case.get("seconds") else ""
    if part not in ("public", "hidden"):
        code = case["verdict"]
        return {"ended": verdict_title(code), "tone": verdict_tone(code), "text": case.get("text", ""), "time": time}
    if part == "hidden":
        return {"hidden_rows": case.get("shape", ""), "time": time}
    said = measure_said(error["value"]) if "value" in error else ""
    return {"public": said, "rows": case.get("shape", ""), "time": time}
