"""Whether a lab's notebook is one that the grading engine takes, and in the narrower form that courses keep to.

Format: nbformat 4.5 with nbgrader metadata of schema version 3 (nbgrader.readthedocs.io, "Notebook metadata").
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heitu.engines.grading import BrokenAssignment, marks, reading
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.marks import KEYS, SCHEMA
from heitu.engines.grading.regions import HIDDEN, SOLUTION
from heitu.engines.grading.source import read_source
from heitu.engines.lifecycle.faults import Fault, nearest
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack.manifest import ID

Said = tuple[int, str, str]  # line, Chinese, English


@dataclass(frozen=True)
class GradedCell:
    """One thing that is graded: by a machine, or (`is_manual`) by a person."""

    grade_id: str
    points: float
    is_manual: bool


@dataclass(frozen=True)
class Cell:
    """A cell as the engine reads it, as the file has it, and the line that it begins on, as far as that can be told."""

    line: int
    read: reading.Cell
    raw: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return str(self.read["cell_type"])

    @property
    def source(self) -> str:
        return str(self.read["source"])

    @property
    def nbgrader(self) -> Mapping[str, Any]:
        return marks.of(self.read)


def graded_cells(text: str) -> tuple[GradedCell, ...]:
    """What a notebook without faults grades, in its order."""
    return tuple(
        GradedCell(each.grade_id, each.maximum, is_manual=marks.is_solution(each.cell) or marks.is_task(each.cell))
        for each in read_source("", text.encode()).graded
    )


def statement(text: str, language: str) -> str:
    """What the lab asks, as Markdown: its text in one language, without code."""
    cells = reading.read(text.encode())[0]["cells"]
    said = [cell["source"] for cell in cells if cell["cell_type"] == "markdown" and cell["metadata"].get("lang") == language]
    return "\n\n".join(said) + "\n"


def faults_in(file: str, text: str, *, tagged: Collection[str] | None) -> list[Fault]:
    """All faults of the notebook; `tagged` are the graded cells to which course.yaml gives skills, None where it has no say."""
    try:
        data = json.loads(text)
        cells = _cells(reading.read(text.encode())[0]["cells"], data["cells"], text)
    except ValueError as error:
        return [_fault(file, (getattr(error, "lineno", 1), f"不是 JSON：{error}", f"this is not JSON: {error}"))]
    except Unreadable as error:
        return [_fault(file, (1, error.zh, error.en))]
    found = [*_form(data), *_cell_forms(cells), *_unsound(cells, text), *_strict(cells), *_languages(cells)]
    return [_fault(file, each) for each in found] + ([] if tagged is None else _untagged(file, cells, tagged))


def _fault(file: str, said: Said, hint: str = "") -> Fault:
    line, zh, en = said
    return Fault(file, line, Text(zh=zh, en=en), hint)


def _cells(read: list[reading.Cell], raw: list[Any], text: str) -> list[Cell]:
    lines = {found[1]: text.count("\n", 0, found.start()) + 1 for found in re.finditer(r'"id": *"([^"]+)"', text)}
    return [Cell(lines.get(str(given.get("id")), 1), cell, given) for cell, given in zip(read, raw, strict=True)]


def _form(data: Mapping[str, Any]) -> Iterator[Said]:
    if (data.get("nbformat"), data.get("nbformat_minor")) != (4, 5):
        yield 1, "应为 nbformat 4.5", "this should be nbformat 4.5"
    kernel = data.get("metadata", {}).get("kernelspec", {}) if isinstance(data.get("metadata"), dict) else {}
    if not isinstance(kernel, dict) or kernel.get("name") != "python3":
        yield 1, "kernelspec 应为 python3", "the kernelspec should be python3"


def _cell_forms(cells: list[Cell]) -> Iterator[Said]:
    counts = Counter(str(cell.raw.get("id")) for cell in cells)
    for number, cell in enumerate(cells, start=1):
        name = cell.raw.get("id")
        if not isinstance(name, str) or not ID.match(name):
            yield cell.line, f"第 {number} 格缺少 kebab-case 的 id", f"cell {number} needs an id in kebab-case"
        elif counts[name] > 1:
            yield cell.line, f"格子 id “{name}”重复", f"the cell id “{name}” is here more than once"
        if cell.kind == "code" and (cell.raw.get("outputs") or cell.raw.get("execution_count") is not None):
            yield cell.line, f"第 {number} 格留有输出，请清空", f"cell {number} keeps outputs: clear them"


def _unsound(cells: list[Cell], text: str) -> Iterator[Said]:
    """What the engine finds wrong with it as an nbgrader source."""
    try:
        read_source("", text.encode())
    except BrokenAssignment as broken:
        for fault in broken.faults:
            line = cells[fault.cell - 1].line if fault.cell else 1
            place = (f"第 {fault.cell} 格：", f"cell {fault.cell}: ") if fault.cell else ("", "")
            yield line, f"{place[0]}{fault.zh}", f"{place[1]}{fault.en}"


def _strict(cells: list[Cell]) -> Iterator[Said]:
    """What nbgrader would put up with."""
    for number, cell in enumerate(cells, start=1):
        for zh, en in _strict_of(cell) if cell.nbgrader else ():
            yield cell.line, f"第 {number} 格：{zh}", f"cell {number}: {en}"


def _strict_of(cell: Cell) -> Iterator[tuple[str, str]]:
    given = cell.nbgrader
    for key in sorted(given.keys() - set(KEYS)):
        yield f"nbgrader 没有“{key}”", f"nbgrader has no “{key}”"
    if given.get("schema_version") != SCHEMA:
        yield f"schema_version 应为 {SCHEMA}", f"schema_version should be {SCHEMA}"
    if any(not isinstance(given.get(key, False), bool) for key in ("grade", "solution", "locked", "task")):
        yield "grade、solution、locked、task 应为 true 或 false", "grade, solution, locked and task are true or false"
    if isinstance(given.get("points"), bool):
        yield "points 应为数", "points should be a number"
    if marks.is_grade(cell.read) and not given.get("solution") and not given.get("locked"):
        yield "测试格应当 locked", "a test cell should be locked"
    if given.get("solution") and cell.kind == "code" and SOLUTION.begin not in cell.source:
        yield "是解答格，却没有 BEGIN SOLUTION", "a solution without BEGIN SOLUTION"
    for region in (SOLUTION, HIDDEN):
        if cell.source.count(region.end) > cell.source.count(region.begin):
            yield f"{region.end} 没有开头", f"{region.end} without its beginning"


def _languages(cells: list[Cell]) -> Iterator[Said]:
    """Text comes in pairs: Chinese, then English. A student's own answer cell has no language."""
    texts = [cell for cell in cells if cell.kind == "markdown" and not cell.nbgrader.get("solution")]
    expected = "zh"
    for cell in texts:
        language = cell.read["metadata"].get("lang")
        if language != expected:
            zh = f"这里应是{'中文' if expected == 'zh' else '英文'}（metadata.lang = “{expected}”）"
            yield cell.line, zh, f"here the text should be in {expected} (metadata.lang)"
            expected = "zh" if language == "en" else "en"
        else:
            expected = "en" if expected == "zh" else "zh"
    if texts and expected == "en":
        yield texts[-1].line, "最后一段缺少英文", "the last text has no English"


def _untagged(file: str, cells: list[Cell], tagged: Collection[str]) -> list[Fault]:
    """Graded cells without skills, and skills of cells that aren't there."""
    graded = {str(cell.nbgrader.get("grade_id")): cell for cell in cells if marks.is_graded(cell.read)}
    faults = [
        _fault(file, (cell.line, f"计分格“{name}”没有在 course.yaml 里标注技能", f"the graded cell “{name}” has no skills in course.yaml"))
        for name, cell in graded.items() if name not in tagged
    ]
    for name in sorted(set(tagged) - graded.keys()):
        said = (1, f"没有计分格“{name}”，course.yaml 却标注了它", f"there is no graded cell “{name}”, which course.yaml tags")
        faults.append(_fault(file, said, nearest(name, graded)))
    return faults
