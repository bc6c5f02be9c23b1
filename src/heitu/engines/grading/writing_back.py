"""Autograded notebooks in nbgrader's layout, so that a teacher can go back to it at any time."""

from __future__ import annotations

import copy
from pathlib import Path

from heitu.engines.grading import csvs, marks, reading
from heitu.engines.grading.grades import Graded, Question, Ran


def autograded(ran: Ran, graded: Graded) -> bytes:
    """The notebook with its outputs; what each question earned is in `metadata.heitu` of its cell."""
    made = copy.deepcopy(ran.notebook)
    by_id = {each.id: each for each in graded.questions if each.notebook == ran.name}
    for cell in made["cells"]:
        question = by_id.get(marks.grade_id(cell))
        if question is not None and marks.is_graded(cell):
            cell["metadata"]["heitu"] = _noted(question)
    return reading.written(made)


def notebooks(graded: Graded) -> dict[str, bytes]:
    """All of them, by name, for the teacher: hidden tests and their outputs are in them."""
    return {ran.name: autograded(ran, graded) for ran in graded.ran}


def _noted(question: Question) -> dict[str, object]:
    earned = None if question.earned is None else float(question.earned)
    return {"earned": earned, "why": question.why, "flags": list(question.flags)}


def write(graded: Graded, folder: Path) -> None:
    """Write `autograded/STUDENT/ASSIGNMENT/x.ipynb` beneath the folder."""
    place = folder / "autograded" / safe(graded.student) / safe(graded.assignment)
    place.mkdir(parents=True, exist_ok=True)
    for name, notebook in notebooks(graded).items():
        (place / f"{safe(name)}.ipynb").write_bytes(notebook)
    if graded.timestamp:
        (place / "timestamp.txt").write_text(graded.timestamp, encoding="utf-8")


def write_table(grades: list[Graded], folder: Path) -> None:
    """Write `grades.csv` as `nbgrader export` does."""
    (folder / "grades.csv").write_text(csvs.export(grades), encoding="utf-8")


def safe(name: str) -> str:
    """A name that is one step of a path."""
    found = name.replace("/", "_").replace("\\", "_").replace("\0", "_")
    return f"_{found}" if found in ("", ".", "..") else found
