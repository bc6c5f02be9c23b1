"""A verdict's figures as charts: speed-ups, times, and the errors of a case by decade."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from heitu.ground.core.text import Text
from heitu.stages.deliverables.shown.words import case_label, verdict_title
from heitu.ui.charts import Bin, Interval, Timing, durations, histogram, intervals
from heitu.ui.charts.scales import Series

Case = Mapping[str, Any]
SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
WITHIN, BEYOND = Text(zh="允许之内", en="within what is allowed"), Text(zh="超出允许", en="beyond it")
STRAY = Text(zh="NaN/∞ 不符", en="NaN/∞ amiss")
SPEED_UP = Text(zh="加速比（95% 区间）", en="Speed-up (95 % interval)")


def speedups(cases: Sequence[Case]) -> object | None:
    """The chart of timed cases with their intervals against the baseline at 1×; None where nothing was timed."""
    rows = [_interval(case) for case in cases if case.get("speedup") is not None]
    return intervals(rows, title=Text(zh="各用例相对基线的加速比", en="Speed-up over the baseline by case")) if rows else None


def _interval(case: Case) -> Interval:
    wrong = "" if case["verdict"] == "accepted" else verdict_title(case["verdict"])
    return Interval(case_label(case), case.get("speedup_low"), case["speedup"], case.get("speedup_high"), wrong)


def times(cases: Sequence[Case]) -> object | None:
    """Median seconds of this version and of the baseline for each case where both were timed; None without any."""
    rows = [
        Timing(case_label(case), case["seconds"], case["baseline_seconds"], (_ratio(case),))
        for case in cases if case.get("seconds") and case.get("baseline_seconds")
    ]
    if not rows:
        return None
    return durations(
        rows, title=Text(zh="各用例用时的中位数", en="Median time by case"), ours=Text(zh="本版", en="This version"),
        theirs=Text(zh="基线", en="Baseline"), columns=(SPEED_UP,),
    )


def _ratio(case: Case) -> str:
    value, low, high = (case.get(name) for name in ("speedup", "speedup_low", "speedup_high"))
    if value is None:
        return "–"
    return f"{value:.2f}× [{low:.2f}, {high:.2f}]" if low is not None and high is not None else f"{value:.2f}×"


def errors(case: Case) -> object | None:
    """The case's elements by decade of relative error, the tolerance marked; None where the record doesn't say."""
    counts = (case.get("error") or {}).get("histogram")
    if not counts:
        return None
    first, within, beyond = counts["from"], counts["within"], counts["beyond"]
    bins = [
        Bin(_span(first, n, len(within)), (within[n], beyond[n]), _power(first + n - 1) if n else "")
        for n in range(len(within))
    ]
    if counts["stray"]:
        bins.append(Bin(STRAY, (0, counts["stray"]), name="NaN/∞"))
    return histogram(
        bins, [Series(WITHIN, "sprout"), Series(BEYOND, "beyond")], mark=_mark(counts["tolerance"], first),
        title=Text(zh=f"{case_label(case)} 的误差分布", en=f"Errors of {case_label(case)}"),
        classes=Text(zh="相对误差", en="Relative error"),
    )


def _span(first: int, number: int, classes: int) -> str:
    if number == 0:
        return f"< {_power(first)}"
    low = _power(first + number - 1)
    return f"≥ {low}" if number == classes - 1 else f"{low} – {_power(first + number)}"


def _power(exponent: int) -> str:
    return "1" if exponent == 0 else "10" + str(exponent).translate(SUPERSCRIPTS)


def _mark(tolerance: float | None, first: int) -> tuple[float, Text] | None:
    """Where the relative tolerance lies, in classes from the left."""
    if not tolerance:
        return None
    said = f"{tolerance:.2g}"
    return math.log10(tolerance) - first + 1, Text(zh=f"相对允差 {said}", en=f"{said} allowed")
