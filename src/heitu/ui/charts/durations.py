"""Times of two contenders side by side, on a logarithmic scale: microseconds and seconds fit the same drawing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ui.charts.intervals import LABEL_ROOM, TOP, IntervalChart, Span
from heitu.ui.charts.scales import AXIS, MISSING, ROW, DataTable, Scale, Series, Tick, Words, known

UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
MOST_TICKS = 5


@dataclass(frozen=True)
class Timing:
    """Seconds of both for one row; `notes` fill the table's further columns."""

    label: Words
    ours: float | None
    theirs: float | None
    notes: tuple[Words, ...] = ()
    url: str = ""


def duration(seconds: float | None) -> Words:
    """Three significant digits in the unit that suits: 420 µs, 1.23 ms, 12.3 s."""
    number = known(seconds)
    if number is None or number <= 0:
        return MISSING
    size, name = next(((size, name) for size, name in UNITS if number >= size * 0.9995), UNITS[-1])
    said = number / size
    return f"{said:,.{0 if said >= 99.95 else 1 if said >= 9.995 else 2}f} {name}"


def durations(
    data: Sequence[Timing], *, title: Words, ours: Words, theirs: Words, columns: tuple[Words, ...] = ()
) -> IntervalChart:
    """Two dots a row joined by a line: sprout where ours takes less, clay where it takes longer."""
    scale = _scale([value for row in data for value in (row.ours, row.theirs)])
    rows = tuple(_span(row, index, scale) for index, row in enumerate(data))
    table = DataTable(
        (Text(zh="用例", en="Case"), ours, theirs, *columns),
        tuple((row.label, duration(row.ours), duration(row.theirs), *row.notes) for row in data),
    )
    bottom = TOP + len(rows) * ROW
    legend = (Series(ours, "ink"), Series(theirs, "hollow"))
    linked = any(row.url for row in rows)
    return IntervalChart(title, rows, _ticks(scale), None, bottom + AXIS, bottom, legend, table, linked)


def _scale(values: Sequence[float | None]) -> Scale:
    """Over common logarithms, with a little room at the low end."""
    logs = [math.log10(value) for value in values if known(value) and value and value > 0]
    low, high = (min(logs), max(logs)) if logs else (-3.0, 0.0)
    return Scale(low - 0.1, max(high, low + 0.3), 0.0, LABEL_ROOM)


def _span(row: Timing, index: int, scale: Scale) -> Span:
    ours, theirs = known(row.ours), known(row.theirs)
    y = TOP + index * ROW + ROW / 2
    if not ours or not theirs or min(ours, theirs) <= 0:
        return Span(row.label, y, 0, 0, 0, None, "stone", duration(row.ours), 0, row.label, row.url, missing=True)
    dot, other = scale.at(math.log10(ours)), scale.at(math.log10(theirs))
    start, end = min(dot, other), max(dot, other)
    title = f"{duration(ours)} / {duration(theirs)}"
    tone = "sprout" if ours <= theirs else "clay"
    return Span(row.label, y, start, round(end - start, 3), dot, other, tone, duration(ours), end, title, row.url)


def _ticks(scale: Scale) -> tuple[Tick, ...]:
    """Powers of ten, with twice and five times as much between them where there is room."""
    powers = range(math.floor(scale.low), math.ceil(scale.high) + 1)
    for steps in ((1, 2, 5), (1,)):
        marks = [step * 10.0**power for power in powers for step in steps]
        inside = [mark for mark in marks if scale.low <= math.log10(mark) <= scale.high]
        if len(inside) <= MOST_TICKS:
            break
    return tuple(Tick(scale.at(math.log10(mark)), _bare(mark), minor=n % 2 == 1) for n, mark in enumerate(inside))


def _bare(seconds: float) -> Words:
    said = duration(seconds)
    return said if isinstance(said, Text) else said.replace(".00", "").replace(".0 ", " ")
