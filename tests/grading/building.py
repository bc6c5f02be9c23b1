"""Small notebooks in nbgrader's format, made from text."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from typing import Any

from heitu.engines.grading import Assignment

Cell = dict[str, Any]


def code(source: str, **role: Any) -> Cell:
    """A code cell; the role is nbgrader's metadata, or none."""
    cell: Cell = {"cell_type": "code", "source": source, "outputs": [], "execution_count": None, "metadata": {}}
    return _with_role(cell, role)


def text(source: str, **role: Any) -> Cell:
    """A Markdown cell."""
    return _with_role({"cell_type": "markdown", "source": source, "metadata": {}}, role)


def _with_role(cell: Cell, role: dict[str, Any]) -> Cell:
    if role:
        mark = {"schema_version": 3, "grade": False, "solution": False, "locked": False, "task": False, **role}
        cell["metadata"] = {"nbgrader": mark}
    return cell


def solution(name: str, source: str) -> Cell:
    return code(source, grade_id=name, solution=True)


def locked(name: str, source: str) -> Cell:
    return code(source, grade_id=name, locked=True)


def check(name: str, source: str, points: float = 1) -> Cell:
    return code(source, grade_id=name, grade=True, locked=True, points=points)


def notebook(cells: Iterable[Cell], **metadata: Any) -> bytes:
    kernel = {"kernelspec": {"name": "python3", "language": "python", "display_name": "Python 3"}, **metadata}
    made = [{"id": f"cell-{n}", **cell} for n, cell in enumerate(cells)]
    return json.dumps({"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}).encode()


def assignment(*cells: Cell) -> Assignment:
    return Assignment.from_source(notebook(cells), "work")


def answered(of: Assignment, **answers: str) -> bytes:
    """The student's version with sources put in by grade_id (hyphens as underscores)."""
    made = json.loads(of.release())
    for cell in made["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id", "").replace("-", "_")
        if name in answers:
            cell["source"] = answers[name]
    return json.dumps(made).encode()


def changed(data: bytes, change: Any) -> bytes:
    """After `change(cells)`, which may return other cells."""
    made = json.loads(data)
    cells = copy.deepcopy(made["cells"])
    made["cells"] = change(cells) or cells
    return json.dumps(made).encode()


def named(cells: list[Cell], name: str) -> Cell:
    return next(cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") == name)
