"""nbgrader's metadata of a cell (`cell.metadata.nbgrader`, schema 3; versions 0 to 2 are upgraded).

Source of the format, of the upgrade and of the checksum: nbgrader 0.9.6, nbgraderformat/v1.py to v3.py and utils.py.
"""

from __future__ import annotations

import hashlib
from typing import Any

from heitu.engines.grading.reading import Cell, Notebook

KEYS = ("schema_version", "grade", "locked", "solution", "task", "grade_id", "points", "checksum", "cell_type")
SCHEMA = 3


def of(cell: Cell) -> dict[str, Any]:
    """Its metadata, empty where it has none."""
    found = cell["metadata"].get("nbgrader")
    return found if isinstance(found, dict) else {}


def is_task(cell: Cell) -> bool:
    """Answered in cells of the student's own, and marked by hand."""
    return bool(of(cell).get("task", False))


def is_grade(cell: Cell) -> bool:
    """Earns points."""
    return bool(of(cell).get("grade", False))


def is_solution(cell: Cell) -> bool:
    """Holds an answer."""
    return bool(of(cell).get("solution", False))


def is_locked(cell: Cell) -> bool:
    """Its source is restored before it runs."""
    if is_solution(cell):
        return False
    return is_grade(cell) or bool(of(cell).get("locked", False))


def is_graded(cell: Cell) -> bool:
    """Earns points, by a machine or by hand."""
    return is_grade(cell) or is_task(cell)


def has_role(cell: Cell) -> bool:
    """Whether nbgrader has anything to do with it."""
    return is_graded(cell) or is_solution(cell) or is_locked(cell)


def is_test(cell: Cell) -> bool:
    """Marked by what running it puts out."""
    return is_grade(cell) and not is_solution(cell) and cell["cell_type"] == "code"


def grade_id(cell: Cell) -> str:
    """Its id, "" where it has none."""
    found = of(cell).get("grade_id")
    return found if isinstance(found, str) else ""


def points(cell: Cell) -> float:
    """Raises ValueError or TypeError where there are none."""
    return float(of(cell)["points"])


def checksum(cell: Cell) -> str:
    """MD5 over source, type, the three roles, the id and, of a graded cell, the points."""
    parts = [cell["source"], cell["cell_type"], str(is_grade(cell)), str(is_solution(cell)), str(is_locked(cell)),
             grade_id(cell)]
    if is_grade(cell):
        parts.append(str(points(cell)))
    total = hashlib.md5(usedforsecurity=False)
    for part in parts:
        total.update(part.encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def upgrade(notebook: Notebook) -> None:
    """Bring every cell's metadata to schema 3, in place."""
    for cell in notebook["cells"]:
        _upgrade_cell(cell)


def _upgrade_cell(cell: Cell) -> None:
    if "nbgrader" not in cell["metadata"]:
        return
    found = of(cell)
    cell["metadata"]["nbgrader"] = found
    if not found.get("schema_version"):
        _from_unversioned(found)
        if not (found["grade"] or found["solution"] or found["locked"]):
            del cell["metadata"]["nbgrader"]
            return
    if isinstance(found.get("schema_version"), int) and found["schema_version"] < SCHEMA:
        if "checksum" in found:
            found.setdefault("cell_type", cell["cell_type"])
        found["schema_version"] = SCHEMA
    for key in [key for key in found if key not in KEYS]:
        del found[key]


def _from_unversioned(found: dict[str, Any]) -> None:
    for role in ("grade", "solution", "locked"):
        found[role] = bool(found.get(role, False))
    if found["grade"]:
        found["points"] = _points_or_none(found.get("points", ""))
    else:
        found.pop("points", None)
    found["schema_version"] = 1


def _points_or_none(given: Any) -> float:
    """Unversioned metadata may have none, or fewer than none: both are 0."""
    try:
        return max(float(given), 0.0)
    except (TypeError, ValueError):
        return 0.0
