"""An nbgrader source notebook: what it is worth, what students get of it, and what is put back into what they return.

The order of steps, the stubs and what is locked are those of nbgrader 0.9.6 (converters/generate_assignment.py).
"""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from heitu.engines.grading import checking, marks, reading, regions
from heitu.engines.grading.faults import BrokenAssignment, Fault, Unreadable
from heitu.engines.grading.reading import Cell, Notebook


@dataclass(frozen=True)
class SourceCell:
    """A cell with a role, as it is restored: solutions out, hidden tests in; `place` among all cells."""

    grade_id: str
    cell: Cell
    place: int

    @property
    def maximum(self) -> float:
        """Points, 0 for what isn't graded."""
        return marks.points(self.cell) if marks.is_graded(self.cell) else 0.0


@dataclass(frozen=True)
class Source:
    """One notebook of an assignment."""

    name: str
    solved: Notebook
    master: Notebook
    cells: dict[str, SourceCell]

    @property
    def graded(self) -> list[SourceCell]:
        """In their order."""
        return [each for each in self.cells.values() if marks.is_graded(each.cell)]

    @property
    def maximum(self) -> float:
        """All points."""
        return sum(each.maximum for each in self.graded)

    def release(self) -> bytes:
        """What students get: neither solutions, nor hidden tests, nor marking schemes, with checksums anew."""
        made = copy.deepcopy(self.master)
        for cell in made["cells"]:
            for region in (regions.HIDDEN, regions.SCHEME):
                cell["source"] = regions.without(cell["source"], region)
            _stamp(cell)
        return reading.written(made)


def read_source(name: str, data: bytes) -> Source:
    """Raises BrokenAssignment with all faults."""
    try:
        solved, _ = reading.read(data)
    except Unreadable as error:
        raise BrokenAssignment(name, [Fault(error.code, 0, "", error.zh, error.en)]) from None
    marks.upgrade(solved)
    found = checking.faults(solved)
    if found:
        raise BrokenAssignment(name, found)
    master = _master(solved)
    cells = {
        marks.grade_id(cell): SourceCell(marks.grade_id(cell), cell, place)
        for place, cell in enumerate(master["cells"]) if marks.has_role(cell)
    }
    return Source(name, solved, master, cells)


def _master(solved: Notebook) -> Notebook:
    """What nbgrader keeps in its database: locked, without solutions, with hidden tests, stamped."""
    made = copy.deepcopy(solved)
    made["metadata"].pop("celltoolbar", None)
    for cell in made["cells"]:
        _lock(cell)
        _clear_solution(cell)
        for key in ("collapsed", "scrolled"):
            cell["metadata"].pop(key, None)
        _stamp(cell)
    return made


def _lock(cell: Cell) -> None:
    """Against the student's own hand, in Jupyter."""
    flags: dict[str, Any] = cell["metadata"]
    if marks.is_solution(cell):
        flags["deletable"] = False
    elif marks.is_locked(cell):
        flags["deletable"] = flags["editable"] = False


def _clear_solution(cell: Cell) -> None:
    """Only its marked region where there is one, else all of it."""
    stub = regions.CODE_STUB if cell["cell_type"] == "code" else regions.TEXT_STUB
    if regions.has(cell["source"], regions.SOLUTION):
        cell["source"] = regions.without(cell["source"], regions.SOLUTION, stub)
    elif marks.is_solution(cell):
        cell["source"] = stub


def _stamp(cell: Cell) -> None:
    if marks.is_grade(cell) or marks.is_solution(cell) or marks.is_locked(cell):
        found = marks.of(cell)
        found["checksum"], found["cell_type"] = marks.checksum(cell), cell["cell_type"]
