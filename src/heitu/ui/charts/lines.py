"""Lines over an ordered axis, with gaps where data are missing and marks where something happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import DataTable, Scale, Tick, Words, known, scale_for, shown, tick_label

TOP = 12
PLOT = 170
LEFT = 9.0
RIGHT = 86.0  # per cent; right of it stand the lines' names


@dataclass(frozen=True)
class Line:
    title: Words
    values: tuple[float | None, ...]
    tone: str = "sprout"


@dataclass(frozen=True)
class Segment:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Point:
    x: float
    y: float
    title: Words


@dataclass(frozen=True)
class Curve:
    title: Words
    tone: str
    segments: tuple[Segment, ...]
    points: tuple[Point, ...]
    name_at: float | None


@dataclass(frozen=True)
class LineChart:
    title: Words
    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    marks: tuple[Tick, ...]
    height: int
    bottom: int
    left: float
    right: float
    table: DataTable
    template: str = "ui/charts/line.html"


def line(
    data: Sequence[Line],
    *,
    title: Words,
    labels: Sequence[Words],
    marks: Sequence[tuple[int, Words]] = (),
    zero: bool = False,
    most: float | None = None,
) -> LineChart:
    """Lines through equally spaced points named by `labels`; `marks` are (index, what happened there).

    Raises ValueError where a line has more or fewer values than there are labels.
    """
    if any(len(one.values) != len(labels) for one in data):
        raise ValueError("each line needs one value a label; None where it is missing")
    bottom = TOP + PLOT
    up = scale_for(
        (v for one in data for v in one.values), zero=zero, start=bottom - (0 if zero else 10), end=TOP, most=most
    )
    across = Scale(0, max(len(labels) - 1, 1), LEFT, RIGHT)
    curves = _names_apart([_curve(one, across, up) for one in data])
    columns: tuple[Words, ...] = (Text(zh="时间", en="When"), *(one.title for one in data))
    rows = tuple((label, *(shown(one.values[i]) for one in data)) for i, label in enumerate(labels))
    return LineChart(
        title,
        curves,
        _thinned(labels, across),
        tuple(Tick(up.at(v), tick_label(v)) for v in up.ticks(4)),
        tuple(Tick(across.at(index), words) for index, words in marks),
        bottom + 28,
        bottom,
        LEFT,
        RIGHT,
        DataTable(columns, rows),
    )


def _curve(one: Line, across: Scale, up: Scale) -> Curve:
    found = [(index, value) for index, value in enumerate(known(v) for v in one.values) if value is not None]
    points = tuple(Point(across.at(index), up.at(value), shown(value)) for index, value in found)
    joined = zip(found, found[1:], points, points[1:], strict=False)
    segments = tuple(Segment(a.x, a.y, b.x, b.y) for (i, _), (j, _), a, b in joined if j == i + 1)
    return Curve(one.title, one.tone, segments, points, points[-1].y if points else None)


def _names_apart(curves: list[Curve]) -> tuple[Curve, ...]:
    """Move names at the right end apart that would stand on each other (16 px a line of text)."""
    last = float("-inf")
    moved: dict[int, float] = {}
    for index, curve in sorted(enumerate(curves), key=lambda pair: pair[1].name_at or 0):
        if curve.name_at is not None:
            last = max(curve.name_at, last + 16)
            moved[index] = last
    return tuple(Curve(c.title, c.tone, c.segments, c.points, moved.get(index)) for index, c in enumerate(curves))


def _thinned(labels: Sequence[Words], across: Scale, room: int = 6) -> tuple[Tick, ...]:
    step = max(1, -(-len(labels) // room))
    return tuple(Tick(across.at(index), labels[index]) for index in range(0, len(labels), step))
