"""Funnels: how many came how far through the lifecycle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import DataTable, Words, shown

ROW = 40
THICKNESS = 28
ROOM = 82.0


@dataclass(frozen=True)
class Step:
    title: Words
    count: int
    url: str = ""


@dataclass(frozen=True)
class Stage:
    label: Words
    y: float
    middle: float
    width: float
    says: Words
    kept: str
    url: str


@dataclass(frozen=True)
class Funnel:
    title: Words
    rows: tuple[Stage, ...]
    height: int
    thickness: int
    table: DataTable
    linked: bool
    template: str = "ui/charts/funnel.html"


def funnel(steps: Sequence[Step], *, title: Words) -> Funnel:
    """One bar a step as long as its count, and which share of the step before it is.

    A later step may be larger than an earlier one (several awards for one call), and nothing is cut off then.
    Raises ValueError for a negative count.
    """
    if any(step.count < 0 for step in steps):
        raise ValueError("a count can't be negative")
    most = max((step.count for step in steps), default=0) or 1
    kept = ["", *(_share(before.count, after.count) for before, after in pairwise(steps))]
    rows = tuple(_stage(step, index, most, kept[index]) for index, step in enumerate(steps))
    table = DataTable(
        (Text(zh="环节", en="Step"), Text(zh="数量", en="Count"), Text(zh="占上一环节", en="Of the step before")),
        tuple((step.title, shown(step.count), share or "–") for step, share in zip(steps, kept, strict=False)),
    )
    return Funnel(title, rows, len(rows) * ROW, THICKNESS, table, any(step.url for step in steps))


def _stage(step: Step, index: int, most: int, kept: str) -> Stage:
    y = index * ROW
    width = round(ROOM * step.count / most, 3)
    return Stage(step.title, y + (ROW - THICKNESS) / 2, y + ROW / 2, width, shown(step.count), kept, step.url)


def _share(before: int, after: int) -> str:
    if before == 0:
        return "–"
    return f"{after / before:.1f}×" if after > before else f"{100 * after / before:.0f}%"
