"""Intervals against a baseline (the judge's speed-ups), and have/need pairs (the gap)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import (
    AXIS,
    MISSING,
    ROW,
    DataTable,
    Scale,
    Series,
    Tick,
    Words,
    known,
    scale_for,
    shown,
    tick_label,
)

TOP = 6
LABEL_ROOM = 80.0
BASELINE, SPEED_UP = Text(zh="基线", en="baseline"), Text(zh="加速比", en="Speed-up")
HAVE, NEED = Text(zh="已有", en="Have"), Text(zh="所需", en="Need")


@dataclass(frozen=True)
class Interval:
    """An estimate with its confidence limits; `wrong` says why it doesn't count, and stands instead of the number."""

    label: Words
    low: float | None
    value: float | None
    high: float | None
    wrong: Words = ""
    url: str = ""


@dataclass(frozen=True)
class Gap:
    """What is there and what is asked for, on one scale."""

    label: Words
    have: float | None
    need: float | None
    url: str = ""


@dataclass(frozen=True)
class Span:
    label: Words
    y: float
    x: float
    width: float
    dot: float
    other_dot: float | None
    tone: str
    says: Words
    says_at: float
    title: Words
    url: str
    missing: bool = False
    before: bool = False  # the words stand left of the mark, where there is more room


@dataclass(frozen=True)
class IntervalChart:
    title: Words
    rows: tuple[Span, ...]
    ticks: tuple[Tick, ...]
    baseline: float | None
    height: int
    bottom: int
    legend: tuple[Series, ...]
    table: DataTable
    linked: bool
    goal: float | None = None
    template: str = "ui/charts/intervals.html"


def intervals(
    data: Sequence[Interval],
    *,
    title: Words,
    baseline: float = 1.0,
    unit: str = "×",
    baseline_label: Words = BASELINE,
    measure: Words = SPEED_UP,
) -> IntervalChart:
    """One interval a row with the baseline as a dashed line. Limits in the wrong order are put right."""
    held = [v for row in data for v in (row.low, row.value, row.high)]
    scale = scale_for([*held, baseline], end=LABEL_ROOM, least=min(0.0, baseline), most=baseline)
    rows = tuple(_interval(row, index, scale, unit) for index, row in enumerate(data))
    marks = _ticks_with(scale, baseline, baseline_label, unit)
    columns: tuple[Words, ...] = (
        Text(zh="用例", en="Case"),
        Text(zh="下限", en="Low"),
        measure,
        Text(zh="上限", en="High"),
        Text(zh="结果", en="Result"),
    )
    table = DataTable(
        columns,
        tuple((r.label, shown(r.low), shown(r.value), shown(r.high), r.wrong or _unit(r.value, unit)) for r in data),
    )
    return _chart(title, rows, marks, scale.at(baseline), (), table)


def _interval(row: Interval, index: int, scale: Scale, unit: str) -> Span:
    value = known(row.value)
    y = TOP + index * ROW + ROW / 2
    if value is None:
        return Span(row.label, y, 0, 0, 0, None, "stone", row.wrong or MISSING, 0, row.label, row.url, missing=True)
    ends = [end for end in (known(row.low), known(row.high), value) if end is not None]
    low, high = min(ends), max(ends)
    says = row.wrong or _unit(value, unit)
    title = f"{_short(value)}{unit} [{_short(low)}, {_short(high)}]"
    tone = "clay" if row.wrong else "sprout"
    width = round(scale.at(high) - scale.at(low), 3)
    start, end = scale.at(low), scale.at(high)
    before = bool(row.wrong) and start > LABEL_ROOM / 2
    says_at = start if before else end
    return Span(row.label, y, start, width, scale.at(value), None, tone, says, says_at, title, row.url, before=before)


def _unit(value: float | None, unit: str) -> Words:
    return MISSING if known(value) is None else _with(shown(value), unit)


def _with(said: Words, unit: str) -> Words:
    return Text(zh=said.zh + unit, en=said.en + unit) if isinstance(said, Text) else said + unit


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _ticks_with(scale: Scale, baseline: float, label: Words, unit: str) -> tuple[Tick, ...]:
    """Ticks at round numbers above the baseline, and one at the baseline with its name."""
    name = label if isinstance(label, Text) else Text(zh=label, en=label)
    said = f"{_short(baseline)}{unit}"
    first = Tick(scale.at(baseline), Text(zh=f"{said} {name.zh}", en=f"{said} {name.en}"))
    apart = (scale.high - scale.low) * 0.12
    far = (scale.high - scale.low) * 0.3
    rest = [
        Tick(scale.at(v), _with(tick_label(v), unit), minor=abs(v - baseline) < far)
        for v in scale.ticks()
        if abs(v - baseline) > apart
    ]
    return (first, *rest)


def against(
    data: Sequence[Interval],
    *,
    title: Words,
    bar: tuple[float, Words],
    goal: tuple[float, Words],
    measure: Words,
    say: Callable[[float], str],
) -> IntervalChart:
    """Intervals between two named lines, a bar to reach and a goal beyond it; the scale need not start at zero."""
    lines = (bar, goal)
    held = [v for row in data for v in (row.low, row.value, row.high)]
    scale = _roomy(scale_for([*held, *(value for value, _ in lines)], zero=False))
    rows = tuple(_spoken(_interval(row, index, scale, ""), row, say) for index, row in enumerate(data))
    ticks = tuple(Tick(scale.at(value), _named(say(value), name)) for value, name in lines)
    table = DataTable(
        (Text(zh="项目", en="Item"), Text(zh="下限", en="Low"), measure, Text(zh="上限", en="High")),
        tuple((row.label, *(_maybe(v, say) for v in (row.low, row.value, row.high))) for row in data),
    )
    at = scale.at(bar[0])
    return replace(_chart(title, rows, ticks, at, (), table), goal=scale.at(goal[0]))


def _roomy(scale: Scale) -> Scale:
    """With room on both sides for the marks at its ends and the names beneath them."""
    room = 0.12 * (scale.high - scale.low)
    return Scale(scale.low - room, scale.high + room, 0.0, LABEL_ROOM)


def _spoken(span: Span, row: Interval, say: Callable[[float], str]) -> Span:
    """The value in the measure's own words, also where it falls short."""
    value = known(row.value)
    return span if value is None else replace(span, says=say(value), title=_range(row, say), before=False)


def _range(row: Interval, say: Callable[[float], str]) -> Words:
    low, value, high = (_maybe(v, say) for v in (row.low, row.value, row.high))
    return f"{value}" if known(row.low) is None else f"{value} [{low}, {high}]"


def _maybe(value: float | None, say: Callable[[float], str]) -> Words:
    number = known(value)
    return "–" if number is None else say(number)


def _named(said: str, name: Words) -> Text:
    words = name if isinstance(name, Text) else Text(zh=name, en=name)
    return Text(zh=f"{words.zh} {said}", en=f"{words.en} {said}")


def dumbbell(
    data: Sequence[Gap],
    *,
    title: Words,
    most: float | None = None,
    have: Words = HAVE,
    need: Words = NEED,
) -> IntervalChart:
    """Two dots a row joined by a line: clay where something is lacking, sprout where the need is met."""
    scale = scale_for([v for row in data for v in (row.have, row.need)], end=LABEL_ROOM, most=most)
    rows = tuple(_gap(row, index, scale) for index, row in enumerate(data))
    marks = tuple(Tick(scale.at(v), tick_label(v)) for v in scale.ticks(4))
    table = DataTable(
        (Text(zh="项目", en="Item"), have, need), tuple((r.label, shown(r.have), shown(r.need)) for r in data)
    )
    return _chart(title, rows, marks, None, (Series(have, "ink"), Series(need, "hollow")), table)


def _gap(row: Gap, index: int, scale: Scale) -> Span:
    have, need = known(row.have), known(row.need)
    y = TOP + index * ROW + ROW / 2
    if have is None or need is None:
        return Span(row.label, y, 0, 0, 0, None, "stone", MISSING, 0, row.label, row.url, missing=True)
    low, high = min(have, need), max(have, need)
    tone = "clay" if have < need else "sprout"
    says = f"{have - need:+.2f}".replace("-", "−")
    width = round(scale.at(high) - scale.at(low), 3)
    title = f"{_short(have)} → {_short(need)}"
    return Span(
        row.label, y, scale.at(low), width, scale.at(have), scale.at(need), tone, says, scale.at(high), title, row.url
    )


def _chart(
    title: Words,
    rows: tuple[Span, ...],
    ticks: tuple[Tick, ...],
    baseline: float | None,
    legend: tuple[Series, ...],
    table: DataTable,
) -> IntervalChart:
    bottom = TOP + len(rows) * ROW
    linked = any(row.url for row in rows)
    return IntervalChart(title, rows, ticks, baseline, bottom + AXIS, bottom, legend, table, linked)
