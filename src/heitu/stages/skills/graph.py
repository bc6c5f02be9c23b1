"""The skill graph as a drawing: prerequisites on the left, what builds on them to the right. Pure geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from heitu.stages.skills.files import depths

BOX_WIDTH, BOX_HEIGHT = 172, 38
COLUMN, ROW = 232, 54
MARGIN = 8


@dataclass(frozen=True)
class Box:
    """Pixels from the top left corner; `slug` is whose."""

    slug: str
    x: int
    y: int

    @property
    def middle(self) -> float:
        return self.y + BOX_HEIGHT / 2


@dataclass(frozen=True)
class Edge:
    """An SVG path from a prerequisite to what builds on it."""

    below: str
    above: str
    path: str


@dataclass(frozen=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    edges: tuple[Edge, ...]
    box_width: int = BOX_WIDTH
    box_height: int = BOX_HEIGHT


def draw(prerequisites: Mapping[str, tuple[str, ...]]) -> Drawing:
    """Lay a graph without cycles out in columns by depth; within one, near the mean height of the prerequisites."""
    places = _places(prerequisites)
    boxes = {
        slug: Box(slug, MARGIN + column * COLUMN, MARGIN + row * ROW) for slug, (column, row) in places.items()
    }
    edges = tuple(
        _edge(boxes[below], boxes[above]) for above, needs in prerequisites.items() if above in boxes for below in needs
    )
    columns = max((column for column, _ in places.values()), default=0)
    rows = max((row for _, row in places.values()), default=0)
    width, height = columns * COLUMN + BOX_WIDTH, rows * ROW + BOX_HEIGHT
    return Drawing(width + 2 * MARGIN, height + 2 * MARGIN, tuple(boxes.values()), edges)


def _places(prerequisites: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    """slug → (column, row)."""
    columns: dict[int, list[str]] = {}
    for slug, depth in sorted(depths(prerequisites).items()):
        columns.setdefault(depth, []).append(slug)
    places: dict[str, tuple[int, int]] = {}
    for depth in sorted(columns):
        rows = {slug: _mean_row(prerequisites[slug], places) for slug in columns[depth]}
        for row, slug in enumerate(sorted(columns[depth], key=lambda slug: (rows[slug], slug))):
            places[slug] = (depth, row)
    return places


def _mean_row(needs: tuple[str, ...], places: Mapping[str, tuple[int, int]]) -> float:
    return sum(places[need][1] for need in needs) / len(needs) if needs else 0.0


def _edge(below: Box, above: Box) -> Edge:
    start, end = below.x + BOX_WIDTH, above.x
    bend = (end - start) / 2
    curve = f"C{start + bend:g} {below.middle:g} {end - bend:g} {above.middle:g} {end} {above.middle:g}"
    return Edge(below.slug, above.slug, f"M{start} {below.middle:g}{curve}")
