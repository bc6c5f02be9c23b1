"""Histograms: how many fall into which class, on a logarithmic scale, so that one among a million is still seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import DataTable, Series, Tick, Words, shown

TOP = 40  # pixels above the highest column: its count, and the name of the mark
PLOT = 130
AXIS = 26
GAP = 0.12  # of a class's width, on either side of its columns


@dataclass(frozen=True)
class Bin:
    """One class: its range in words, a count for each series, and either the value at its left border or a name."""

    span: Words
    counts: tuple[int, ...]
    border: Words = ""
    name: Words = ""


@dataclass(frozen=True)
class Column:
    x: float
    y: float
    width: float
    height: float
    tone: str
    title: Text


@dataclass(frozen=True)
class Count:
    middle: float
    y: float
    says: Words


@dataclass(frozen=True)
class Histogram:
    title: Words
    columns: tuple[Column, ...]
    counts: tuple[Count, ...]
    ticks: tuple[Tick, ...]
    mark: Tick | None
    mark_before: bool
    height: int
    bottom: int
    legend: tuple[Series, ...]
    table: DataTable
    template: str = "ui/charts/histogram.html"


def histogram(
    bins: Sequence[Bin],
    series: Sequence[Series],
    *,
    title: Words,
    classes: Words,
    mark: tuple[float, Words] | None = None,
) -> Histogram:
    """Columns side by side for each series. `mark` is a line at so many classes from the left, with its name.

    `classes` heads the table's first column. Raises ValueError for a negative count.
    """
    if any(count < 0 for one in bins for count in one.counts):
        raise ValueError("a count can't be negative")
    width = 100 / max(len(bins), 1)
    most = max((count for one in bins for count in one.counts), default=0)
    columns = tuple(column for n, one in enumerate(bins) for column in _columns(one, n, width, most, series))
    at = None if mark is None else Tick(round(min(max(mark[0], 0), len(bins)) * width, 3), mark[1])
    table = DataTable(
        (classes, *(one.title for one in series)),
        tuple((one.span, *(f"{count:,}" for count in one.counts)) for one in bins),
    )
    bottom, is_right = TOP + PLOT, at is not None and at.at > 50
    return Histogram(
        title, columns, _totals(bins, width, most), _ticks(bins, width), at, is_right, bottom + AXIS, bottom,
        tuple(series), table,
    )


def _columns(one: Bin, number: int, width: float, most: int, series: Sequence[Series]) -> list[Column]:
    """The columns that aren't empty share the room of their class."""
    held = [(count, kind) for count, kind in zip(one.counts, series, strict=True) if count]
    room = width * (1 - 2 * GAP) / max(len(held), 1)
    start = width * (number + GAP)
    return [
        Column(
            round(start + place * room, 3), TOP + PLOT - _tall(count, most), round(room, 3), _tall(count, most),
            kind.tone, _title(one.span, kind.title, count),
        )
        for place, (count, kind) in enumerate(held)
    ]


def _tall(count: int, most: int) -> float:
    """Pixels: one counts as a step, and ten times as many are a step more."""
    return round(PLOT * (math.log10(count) + 1) / (math.log10(most) + 1), 2) if count else 0.0


def _totals(bins: Sequence[Bin], width: float, most: int) -> tuple[Count, ...]:
    return tuple(
        Count(round((n + 0.5) * width, 3), TOP + PLOT - _tall(max(one.counts), most), shown(sum(one.counts)))
        for n, one in enumerate(bins) if sum(one.counts)
    )


def _ticks(bins: Sequence[Bin], width: float) -> tuple[Tick, ...]:
    borders = [Tick(round(n * width, 3), one.border, n % 2 == 0) for n, one in enumerate(bins) if one.border]
    names = [Tick(round((n + 0.5) * width, 3), one.name) for n, one in enumerate(bins) if one.name]
    return (*borders, *names)


def _title(span: Words, kind: Words, count: int) -> Text:
    zh, en = f"{_in(span, 'zh')}，{_in(kind, 'zh')}", f"{_in(span, 'en')}, {_in(kind, 'en')}"
    return Text(zh=f"{zh}：{count:,}", en=f"{en}: {count:,}")


def _in(words: Words, language: str) -> str:
    return str(getattr(words, language)) if isinstance(words, Text) else words
