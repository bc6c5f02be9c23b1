"""nbgrader sources as labs of a course: the narrower form of pack/notebooks.py, with its text in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from heitu.engines.grading import BrokenAssignment, marks, reading
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import Cell
from heitu.engines.grading.regions import SOLUTION
from heitu.engines.grading.source import read_source
from heitu.ground.core.text import Language
from heitu.kinds.courses.pack.manifest import ID
from heitu.kinds.courses.trade.found import Found, FoundLab, Page, language_of, slug

UNTRANSLATED = {"zh": "以下是英文原文，还没有译成中文。", "en": "The Chinese original follows: it is not yet translated."}
_TITLE = re.compile(r"^#\s+(.+?)\s*#*$", re.M)
_SEE: dict[Language, str] = {"zh": "做[实验](lab:{id})。", "en": "Do the [lab](lab:{id})."}
_KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def read(files: Mapping[str, bytes]) -> Found:
    """A lab for each notebook of an nbgrader source; faults and what was left out are in what is returned."""
    found = Found()
    for path, data in sorted(files.items()):
        if path.endswith(".ipynb"):
            _notebook(path, data, found)
    tell_others(files, found)
    return found


def tell_others(files: Iterable[str], found: Found) -> None:
    for path in files:
        if not path.endswith(".ipynb"):
            zh, en = "实验只有一个笔记本，旁边的文件要写进笔记本里", "a lab is one notebook: what lies beside it has to go into it"
            found.leave_out(path, zh, en)


def _notebook(path: str, data: bytes, found: Found) -> None:
    try:
        source = read_source(PurePosixPath(path).stem, data)
    except BrokenAssignment as error:
        for each in error.faults:
            place = (f"第 {each.cell} 格：", f"cell {each.cell}: ") if each.cell else ("", "")
            found.fault(path, f"{place[0]}{each.zh}", f"{place[1]}{each.en}")
        return
    add(path, source.solved["cells"], found)


def add(path: str, cells: list[Cell], found: Found) -> None:
    """The cells of a sound source as a lab, and a unit that leads to it."""
    words = "\n".join(cell["source"] for cell in cells if cell["cell_type"] == "markdown")
    language = language_of(words)
    stem = PurePosixPath(path).stem
    titled = _TITLE.search(words)
    title = re.sub(r"[`*_]", "", titled[1]) if titled else stem
    id = slug(stem, [lab.id for lab in found.labs], f"lab-{len(found.labs) + 1}")
    for cell in cells:
        if cell.get("attachments"):
            found.leave_out(path, "单元格的附件（图片）", "attachments of cells (pictures)")
    made = list(_shaped(_both(cells, language)))
    notebook = {"cells": made, "metadata": {"kernelspec": _KERNEL}, "nbformat": 4, "nbformat_minor": 5}
    graded = tuple(str(cell["metadata"]["nbgrader"]["grade_id"]) for cell in made if _is_graded(cell))
    found.labs.append(FoundLab(id, title, language, notebook, graded))
    found.pages.append(Page(path, title, _SEE[language].format(id=id) + "\n", language, id, (id,)))


def readable(path: str, data: bytes, found: Found) -> dict[str, Any] | None:
    """The notebook in plain shape, or None with the fault told."""
    try:
        return reading.read(data)[0]
    except Unreadable as error:
        found.fault(path, error.zh, error.en)
        return None


def _is_graded(cell: Cell) -> bool:
    return bool("nbgrader" in cell["metadata"] and marks.is_graded(cell))


def _both(cells: list[Cell], language: Language) -> Iterator[Cell]:
    """Texts in pairs, Chinese and then English: the same words stand in for the translation that isn't there yet."""
    texts = [cell for cell in cells if cell["cell_type"] == "markdown" and not marks.is_solution(cell)]
    if texts and all(cell["metadata"].get("lang") in ("zh", "en") for cell in texts):
        yield from cells
        return
    for cell in cells:
        if not any(cell is each for each in texts):
            yield cell
            continue
        own = {**cell, "metadata": {**cell["metadata"], "lang": language}}
        other: Language = "en" if language == "zh" else "zh"
        head = f"> {UNTRANSLATED[other]}\n\n" if cell is texts[0] else ""
        copy: Cell = {"cell_type": "markdown", "metadata": {"lang": other}, "source": head + cell["source"]}
        yield from (own, copy) if language == "zh" else (copy, own)


def _shaped(cells: Iterable[Cell]) -> Iterator[Cell]:
    """With ids in kebab-case, and of nbgrader's metadata what schema 3 has."""
    taken: list[str] = []
    for number, cell in enumerate(cells, 1):
        given = cell.get("id", "")
        name = given if ID.match(str(given)) and given not in taken else slug(marks.grade_id(cell), taken, f"cell-{number}")
        taken.append(name)
        shaped: Cell = {"cell_type": cell["cell_type"], "id": name, "metadata": _metadata(cell), "source": _source(cell)}
        yield shaped | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {})


def _metadata(cell: Cell) -> dict[str, Any]:
    kept = {"lang": cell["metadata"]["lang"]} if cell["metadata"].get("lang") in ("zh", "en") else {}
    if not marks.has_role(cell):
        return kept
    given = marks.of(cell)
    made: dict[str, Any] = {key: bool(given.get(key)) for key in ("grade", "solution", "locked", "task")}
    made |= {"grade_id": marks.grade_id(cell), "schema_version": marks.SCHEMA}
    made["locked"] = made["locked"] or (made["grade"] and not made["solution"])
    if marks.is_graded(cell):
        made["points"] = marks.points(cell)
    return {**kept, "nbgrader": made}


def _source(cell: Cell) -> str:
    """A solution without its marks is one from top to bottom, as nbgrader takes it."""
    source = str(cell["source"])
    if cell["cell_type"] == "code" and marks.is_solution(cell) and SOLUTION.begin not in source:
        return f"### BEGIN SOLUTION\n{source}\n### END SOLUTION"
    return source
