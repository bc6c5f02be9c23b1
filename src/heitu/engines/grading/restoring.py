"""Making a submission whole before it runs: locked cells, points, types and missing tests come from the source.

nbgrader's rules (deduplicateids.py, overwritecells.py), but for two of its dead ends, where Heitu grades on: metadata
that was emptied because an id came twice, and ids that the source doesn't have.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from heitu.engines.grading import marks, reading
from heitu.engines.grading.reading import Cell, Notebook
from heitu.engines.grading.source import Source, SourceCell

_NOTICE = "This cell ({}) was missing and was put back.\n\n"


@dataclass
class Whole:
    """A submission ready to run; `missing` are ids of graded cells that it came without."""

    notebook: Notebook
    flags: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def restore(data: bytes, source: Source, *, put_back: bool = True) -> Whole:
    """Raises Unreadable. `put_back=False` leaves missing tests out, as nbgrader does by default."""
    notebook, flags = reading.read(data)
    whole = Whole(notebook, flags)
    reading.insist_on_language(notebook)
    marks.upgrade(notebook)
    _drop_duplicates(whole)
    for cell in notebook["cells"]:
        _overwrite(cell, source, whole)
    if "kernelspec" in source.master["metadata"]:
        notebook["metadata"]["kernelspec"] = copy.deepcopy(source.master["metadata"]["kernelspec"])
    _put_back_missing(whole, source, put_back=put_back)
    return whole


def _drop_duplicates(whole: Whole) -> None:
    """The last of those with one id keeps it."""
    seen: set[str] = set()
    for cell in reversed(whole.notebook["cells"]):
        name = marks.grade_id(cell)
        if not marks.of(cell):
            continue
        if not name or name in seen:
            whole.flags.append(f"duplicate:{reading.printable(name)}" if name else "no_id")
            del cell["metadata"]["nbgrader"]
        seen.add(name)


def _overwrite(cell: Cell, source: Source, whole: Whole) -> None:
    name = marks.grade_id(cell)
    if not name:
        return
    kept = source.cells.get(name)
    if kept is None:
        whole.flags.append(f"unknown:{reading.printable(name)}")
        del cell["metadata"]["nbgrader"]
        return
    _retype(cell, kept.cell["cell_type"])
    if _roles(cell) != _roles(kept.cell):
        whole.flags.append(f"metadata:{name}")
    if marks.is_locked(kept.cell) and cell["source"] != kept.cell["source"]:
        cell["source"] = kept.cell["source"]
    cell["metadata"]["nbgrader"] = copy.deepcopy(marks.of(kept.cell))


def _roles(cell: Cell) -> tuple[object, ...]:
    found = marks.of(cell)
    return (marks.is_grade(cell), marks.is_solution(cell), marks.is_task(cell), found.get("points"))


def _retype(cell: Cell, kind: str) -> None:
    if cell["cell_type"] == kind:
        return
    cell["cell_type"] = kind
    if kind == "code":
        cell["outputs"], cell["execution_count"] = [], None
    else:
        cell.pop("outputs", None)
        cell.pop("execution_count", None)


def _put_back_missing(whole: Whole, source: Source, *, put_back: bool) -> None:
    cells = whole.notebook["cells"]
    present = {marks.grade_id(cell) for cell in cells}
    whole.missing = [each.grade_id for each in source.graded if each.grade_id not in present]
    for name in whole.missing if put_back else ():
        kept = source.cells[name]
        cells.insert(_place_for(kept, source, cells), _with_notice(kept))


def _place_for(kept: SourceCell, source: Source, cells: list[Cell]) -> int:
    """Behind the nearest cell before it, by the source's order, that the submission has."""
    places = {marks.grade_id(cell): n for n, cell in enumerate(cells) if marks.grade_id(cell)}
    before = [each for each in source.cells.values() if each.place < kept.place and each.grade_id in places]
    return places[before[-1].grade_id] + 1 if before else 0


def _with_notice(kept: SourceCell) -> Cell:
    made = copy.deepcopy(kept.cell)
    mark = "# " if made["cell_type"] == "code" else ""
    if not marks.is_solution(made):
        made["source"] = mark + _NOTICE.format(kept.grade_id) + made["source"]
    return made
