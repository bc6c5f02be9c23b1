"""Heat maps: one colour, deeper where there is more; hatched where the sample is too small."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from heitu.ground.core.text import Text
from heitu.ui.charts.scales import DataTable, Words, known, shown

ROW = 42
HEAD = 34
STEPS = 7
FEW = Text(zh="样本少", en="few")


@dataclass(frozen=True)
class Cell:
    value: float | None
    few: bool = False
    url: str = ""


@dataclass(frozen=True)
class Square:
    x: float
    y: float
    middle: float
    step: int
    says: Words
    title: Text
    hatched: bool
    url: str


@dataclass(frozen=True)
class Column:
    label: Words
    middle: float


@dataclass(frozen=True)
class Heatmap:
    title: Words
    labels: tuple[Words, ...]
    columns: tuple[Column, ...]
    squares: tuple[Square, ...]
    width: float
    height: int
    wide: bool
    table: DataTable
    linked: bool
    template: str = "ui/charts/heatmap.html"


def heatmap(
    cells: Sequence[Sequence[Cell]],
    *,
    title: Words,
    rows: Sequence[Words],
    columns: Sequence[Words],
    low: float = 0.0,
    high: float = 1.0,
) -> Heatmap:
    """Cells by row and column; values below `low` or above `high` take the end's colour.

    Raises ValueError where cells, rows and columns don't fit together.
    """
    if len(cells) != len(rows) or any(len(line) != len(columns) for line in cells):
        raise ValueError("a heat map needs a cell for each row and column")
    width = round(100 / max(len(columns), 1), 4)
    squares = tuple(
        _square(cell, r, c, width, _step(cell.value, low, high), rows[r], columns[c])
        for r, line in enumerate(cells)
        for c, cell in enumerate(line)
    )
    table = DataTable(
        (Text(zh="项目", en="Item"), *columns),
        tuple((label, *(_said(cell) for cell in line)) for label, line in zip(rows, cells, strict=True)),
    )
    heads = tuple(Column(label, round((index + 0.5) * width, 3)) for index, label in enumerate(columns))
    height = HEAD + ROW * len(rows)
    linked = any(square.url for square in squares)
    return Heatmap(title, tuple(rows), heads, squares, width, height, len(columns) > 4, table, linked)


def _square(cell: Cell, row: int, column: int, width: float, step: int, of: Words, what: Words) -> Square:
    hatched = cell.few or known(cell.value) is None
    said = _said(cell)
    title = Text(
        zh=f"{_in(of, 'zh')}，{_in(what, 'zh')}：{_in(said, 'zh')}",
        en=f"{_in(of, 'en')}, {_in(what, 'en')}: {_in(said, 'en')}",
    )
    x = round(column * width, 3)
    y = HEAD + row * ROW
    return Square(x, y, round(x + width / 2, 3), step, said, title, hatched, cell.url)


def _in(words: Words, language: str) -> str:
    return str(getattr(words, language)) if isinstance(words, Text) else words


def _said(cell: Cell) -> Words:
    return FEW if cell.few else shown(cell.value)


def _step(value: float | None, low: float, high: float) -> int:
    number = known(value)
    if number is None or high <= low:
        return 0
    share = min(max((number - low) / (high - low), 0.0), 1.0)
    return min(int(share * STEPS), STEPS - 1)
