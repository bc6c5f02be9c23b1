"""Bars and stacked bars: one row a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import AXIS, ROW, DataTable, Scale, Series, Tick, Words, known, scale_for, shown, tick_label

THICKNESS = 18
VALUE = Text(zh="数值", en="Value")
LABEL_ROOM = 84.0  # per cent; what is right of it belongs to the value's label


@dataclass(frozen=True)
class Bar:
    """One value to draw; `few` hatches it: too small a sample to lean on."""

    label: Words
    value: float | None
    note: Words = ""
    tone: str = "sprout"
    few: bool = False
    url: str = ""


@dataclass(frozen=True)
class Stack:
    """The parts of one row, in the order of the series. Parts are never negative."""

    label: Words
    parts: tuple[float, ...]
    note: Words = ""
    url: str = ""


@dataclass(frozen=True)
class Piece:
    x: float
    width: float
    tone: str
    title: Words


@dataclass(frozen=True)
class Row:
    label: Words
    y: float
    middle: float
    pieces: tuple[Piece, ...]
    says: Words
    says_at: float
    url: str = ""
    few: bool = False


@dataclass(frozen=True)
class RowChart:
    title: Words
    rows: tuple[Row, ...]
    ticks: tuple[Tick, ...]
    zero: float
    height: int
    bottom: int
    thickness: int
    track: float
    legend: tuple[Series, ...]
    table: DataTable
    linked: bool
    template: str = "ui/charts/rows.html"


def bars(
    data: Sequence[Bar],
    *,
    title: Words,
    measure: Words = VALUE,
    least: float | None = None,
    most: float | None = None,
) -> RowChart:
    """Horizontal bars from zero; negative values run the other way. `most` fixes the far end (1.0 for a share)."""
    scale = scale_for((bar.value for bar in data), end=LABEL_ROOM, least=least, most=most)
    rows = tuple(_bar(bar, index, scale) for index, bar in enumerate(data))
    table = DataTable((Text(zh="项目", en="Item"), measure), tuple((bar.label, _said(bar)) for bar in data))
    ticks = tuple(Tick(scale.at(value), tick_label(value)) for value in scale.ticks(4))
    return _chart(title, rows, ticks, scale.at(0), 0.0, (), table)


def _bar(bar: Bar, index: int, scale: Scale) -> Row:
    value = known(bar.value)
    start, end = scale.at(0), scale.at(value or 0)
    x, width = min(start, end), abs(end - start)
    pieces = () if value is None else (Piece(x, round(width, 3), bar.tone, shown(value)),)
    return _row(bar.label, index, pieces, _said(bar), x + width, bar.url, bar.few)


def _said(bar: Bar) -> Words:
    return bar.note or shown(bar.value)


def stacked(
    data: Sequence[Stack],
    series: Sequence[Series],
    *,
    title: Words,
    whole: float | None = None,
) -> RowChart:
    """Parts side by side on one scale; `whole` is the length of the grey track (1.0 for shares of a whole).

    Raises ValueError for a negative part, which has no place in a sum of parts.
    """
    if any(part < 0 for stack in data for part in stack.parts):
        raise ValueError("a part of a whole can't be negative")
    end = LABEL_ROOM - 9
    scale = scale_for((sum(stack.parts) for stack in data), end=end, most=whole)
    rows = tuple(_stack(stack, index, series, scale, whole) for index, stack in enumerate(data))
    columns: tuple[Words, ...] = (Text(zh="项目", en="Item"), *(s.title for s in series))
    table = DataTable(columns, tuple((stack.label, *(shown(part) for part in stack.parts)) for stack in data))
    return _chart(title, rows, (), 0.0, end if whole is not None else 0.0, tuple(series), table)


def _stack(stack: Stack, index: int, series: Sequence[Series], scale: Scale, whole: float | None) -> Row:
    pieces, reached = [], 0.0
    for part, one in zip(stack.parts, series, strict=True):
        start, end = scale.at(reached), scale.at(reached + part)
        pieces.append(Piece(start, round(end - start, 3), one.tone, _pair(one.title, shown(part))))
        reached += part
    says = stack.note or _sum(stack.parts)
    return _row(
        stack.label, index, tuple(pieces), says, scale.end if whole is not None else scale.at(reached), stack.url
    )


def _pair(first: Words, second: Words) -> Text:
    one, two = _both(first), _both(second)
    return Text(zh=f"{one.zh} {two.zh}", en=f"{one.en} {two.en}")


def _both(words: Words) -> Text:
    return words if isinstance(words, Text) else Text(zh=words, en=words)


def _sum(parts: Sequence[float]) -> Text:
    said = [_both(shown(part)) for part in parts]
    return Text(zh=" + ".join(one.zh for one in said), en=" + ".join(one.en for one in said))


def _row(
    label: Words, index: int, pieces: tuple[Piece, ...], says: Words, says_at: float, url: str = "", few: bool = False
) -> Row:
    y = index * ROW
    return Row(label, y + (ROW - THICKNESS) / 2, y + ROW / 2, pieces, says, round(says_at, 3), url, few)


def _chart(
    title: Words,
    rows: tuple[Row, ...],
    ticks: tuple[Tick, ...],
    zero: float,
    track: float,
    legend: tuple[Series, ...],
    table: DataTable,
) -> RowChart:
    bottom = len(rows) * ROW
    height = bottom + (AXIS if ticks else 0)
    return RowChart(
        title, rows, ticks, zero, height, bottom, THICKNESS, track, legend, table, any(row.url for row in rows)
    )
