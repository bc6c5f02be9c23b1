"""Scales, ticks and numbers, shared by all kinds of chart."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass

from heitu.ground.core.text import Text

ROW = 30  # pixels from one row to the next
AXIS = 26  # pixels beneath the rows for tick labels
MISSING = Text(zh="无数据", en="no data")
CHINESE = ((1e8, " 亿"), (1e4, " 万"))
ENGLISH = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
Words = Text | str


@dataclass(frozen=True)
class Tick:
    at: float
    label: Words
    minor: bool = False  # left out where there is little room


@dataclass(frozen=True)
class Series:
    """What a colour stands for."""

    title: Words
    tone: str


@dataclass(frozen=True)
class DataTable:
    """What a chart shows, for whoever would rather read."""

    columns: tuple[Words, ...]
    rows: tuple[tuple[Words, ...], ...]


@dataclass(frozen=True)
class Scale:
    """Maps `low`…`high` to `start`…`end` (per cent or pixels)."""

    low: float
    high: float
    start: float = 0.0
    end: float = 100.0

    def at(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(self.start + share * (self.end - self.start), 3)

    def ticks(self, about: int = 5) -> tuple[float, ...]:
        return ticks(self.low, self.high, about)


def known(value: float | None) -> float | None:
    """The value if it is a finite number, else None."""
    return value if value is not None and math.isfinite(value) else None


def scale_for(
    values: Iterable[float | None],
    *,
    zero: bool = True,
    start: float = 0.0,
    end: float = 100.0,
    least: float | None = None,
    most: float | None = None,
) -> Scale:
    """A scale that holds all known values, and zero if asked; never of no width.

    `least` and `most` widen it to ends that mean something (1.0 for a share).
    """
    held = [value for value in (known(v) for v in values) if value is not None]
    held += [0.0] if zero else []
    held += [end_ for end_ in (least, most) if end_ is not None]
    low, high = (min(held), max(held)) if held else (0.0, 1.0)
    if low == high:
        low, high = (low, low + 1.0) if zero else (low - 0.5, high + 0.5)
    return Scale(low, high, start, end)


def ticks(low: float, high: float, about: int = 5) -> tuple[float, ...]:
    """Round numbers (1, 2 or 5 times a power of ten) within the range, roughly `about` of them."""
    step = _round_step((high - low) / max(about, 1))
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return tuple(round(n * step, 12) for n in range(first, last + 1))


def _round_step(rough: float) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    share = rough / power
    return power * next(size for size in (1, 2, 5, 10) if share <= size + 1e-9)


def shown(value: float | None) -> Words:
    """A number as a person reads it: three significant digits, large ones in 万 and 亿 or k, M and B."""
    number = known(value)
    if number is None:
        return MISSING
    size = abs(number)
    if size >= 10_000:
        return Text(zh=_scaled(number, CHINESE), en=_scaled(number, ENGLISH))
    return _short(number)


def tick_label(value: float) -> Words:
    """A round number without the zeros that `shown` pads with."""
    said = shown(value)
    if isinstance(said, Text):
        return Text(zh=_bare(said.zh), en=_bare(said.en))
    return _bare(said)


def _bare(said: str) -> str:
    return re.sub(r"\.(\d*?)0+(?=\D|$)", lambda found: f".{found[1]}" if found[1] else "", said)


def _scaled(number: float, units: tuple[tuple[float, str], ...]) -> str:
    size, name = next(unit for unit in units if abs(number) >= unit[0])
    return _short(number / size) + name


def _short(number: float) -> str:
    size = abs(number)
    decimals = 0 if size >= 100 or number == int(number) else 1 if size >= 10 else 2 if size >= 0.01 or size == 0 else 4
    text = f"{number:,.{decimals}f}"
    return text.replace("-", "−")
