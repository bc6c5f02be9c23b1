"""Whether a lab's notebook is a sound nbgrader source: its JSON, its cells' metadata, its markers.

Format: nbformat 4.5 with nbgrader metadata of schema version 3 (nbgrader.readthedocs.io, "Notebook metadata").
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from heitu.engines.lifecycle.faults import Fault, nearest
from heitu.ground.core.text import Text
from heitu.kinds.courses.pack.manifest import ID

GRADE_ID = re.compile(r"^[A-Za-z0-9_-]{1,100}$")
MARKERS = ("SOLUTION", "HIDDEN TESTS")
_KEYS = {"grade", "solution", "locked", "task", "grade_id", "points", "schema_version", "cell_type", "checksum"}
Said = tuple[int, str, str]  # line, Chinese, English


@dataclass(frozen=True)
class GradedCell:
    """One thing that is graded: by a machine, or (`is_manual`) by a person."""

    grade_id: str
    points: float
    is_manual: bool


@dataclass(frozen=True)
class Cell:
    """A cell with the line of the file that it begins on, as far as that can be told."""

    line: int
    kind: str
    source: str
    metadata: Mapping[str, Any]
    raw: Mapping[str, Any]

    @property
    def nbgrader(self) -> Mapping[str, Any]:
        found = self.metadata.get("nbgrader")
        return found if isinstance(found, Mapping) else {}

    @property
    def is_graded(self) -> bool:
        return bool(self.nbgrader.get("grade") or self.nbgrader.get("task"))


def graded_cells(text: str) -> tuple[GradedCell, ...]:
    """What a notebook without faults grades, in its order."""
    return tuple(
        GradedCell(
            str(cell.nbgrader["grade_id"]), float(cell.nbgrader.get("points", 0)),
            is_manual=bool(cell.nbgrader.get("solution") or cell.nbgrader.get("task")),
        )
        for cell in _cells(json.loads(text), text) if cell.is_graded
    )


def statement(text: str, language: str) -> str:
    """What the lab asks, as Markdown: its text in one language, without code."""
    cells = _cells(json.loads(text), text)
    said = [cell.source for cell in cells if cell.kind == "markdown" and cell.metadata.get("lang") == language]
    return "\n\n".join(said) + "\n"


def faults_in(file: str, text: str, *, tagged: Collection[str]) -> list[Fault]:
    """All faults of the notebook; `tagged` are the graded cells to which course.yaml gives skills."""
    try:
        data = json.loads(text)
    except ValueError as error:
        return [_fault(file, (getattr(error, "lineno", 1), f"不是 JSON：{error}", f"this is not JSON: {error}"))]
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        return [_fault(file, (1, "不是 Jupyter 笔记本", "this is not a Jupyter notebook"))]
    cells = _cells(data, text)
    found = [*_form(data), *_cell_forms(cells), *_grading(cells), *_markers(cells), *_languages(cells)]
    return [_fault(file, each) for each in found] + _untagged(file, cells, tagged)


def _fault(file: str, said: Said, hint: str = "") -> Fault:
    line, zh, en = said
    return Fault(file, line, Text(zh=zh, en=en), hint)


def _cells(data: Mapping[str, Any], text: str) -> list[Cell]:
    lines = {cell_id: text[: match.start()].count("\n") + 1 for match in re.finditer(r'"id": *"([^"]*)"', text)
             if (cell_id := match[1])}
    made = []
    for raw in data["cells"]:
        cell = raw if isinstance(raw, dict) else {}
        source, metadata = cell.get("source", ""), cell.get("metadata")
        joined = "".join(map(str, source)) if isinstance(source, list) else str(source)
        made.append(Cell(
            lines.get(str(cell.get("id")), 1), str(cell.get("cell_type")), joined,
            metadata if isinstance(metadata, dict) else {}, cell,
        ))
    return made


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
        if cell.kind not in ("code", "markdown", "raw"):
            yield cell.line, f"第 {number} 格的类型不对", f"cell {number} is of an unknown type"
        if not isinstance(name, str) or not ID.match(name):
            yield cell.line, f"第 {number} 格缺少 kebab-case 的 id", f"cell {number} needs an id in kebab-case"
        elif counts[name] > 1:
            yield cell.line, f"格子 id “{name}”重复", f"the cell id “{name}” is here more than once"
        if cell.kind == "code" and (cell.raw.get("outputs") or cell.raw.get("execution_count") is not None):
            yield cell.line, f"第 {number} 格留有输出，请清空", f"cell {number} keeps outputs: clear them"


def _grading(cells: list[Cell]) -> Iterator[Said]:
    counts = Counter(str(cell.nbgrader.get("grade_id")) for cell in cells if cell.nbgrader)
    for number, cell in enumerate(cells, start=1):
        for zh, en in _grading_of(cell, counts) if cell.nbgrader else ():
            yield cell.line, f"第 {number} 格：{zh}", f"cell {number}: {en}"
    if not any(cell.is_graded for cell in cells):
        yield 1, "没有一格计分", "no cell is graded"


def _grading_of(cell: Cell, counts: Counter[str]) -> Iterator[tuple[str, str]]:
    given = cell.nbgrader
    name, points = given.get("grade_id"), given.get("points")
    for key in sorted(given.keys() - _KEYS):
        yield f"nbgrader 没有“{key}”", f"nbgrader has no “{key}”"
    if given.get("schema_version") != 3:
        yield "schema_version 应为 3", "schema_version should be 3"
    if any(not isinstance(given.get(key, False), bool) for key in ("grade", "solution", "locked", "task")):
        yield "grade、solution、locked、task 应为 true 或 false", "grade, solution, locked and task are true or false"
    if not isinstance(name, str) or not GRADE_ID.match(name):
        yield "缺少 grade_id", "grade_id is missing"
    elif counts[name] > 1:
        yield f"grade_id “{name}”重复", f"the grade_id “{name}” is here more than once"
    is_number = isinstance(points, (int, float)) and not isinstance(points, bool)
    if cell.is_graded and (not is_number or not 0 <= float(points or 0) <= 10_000):
        yield "计分的格子要有不小于 0 的 points", "a graded cell needs points of 0 or more"
    if not cell.is_graded and points:
        yield "有 points 却不计分", "there are points, but it isn't graded"
    if cell.is_graded and not given.get("solution") and not given.get("task") and not given.get("locked"):
        yield "测试格应当 locked", "a test cell should be locked"


def _markers(cells: list[Cell]) -> Iterator[Said]:
    for number, cell in enumerate(cells, start=1):
        for name in MARKERS:
            if not _is_balanced(cell.source, name):
                zh = f"第 {number} 格的 BEGIN/END {name} 不成对或嵌套"
                yield cell.line, zh, f"cell {number}: BEGIN/END {name} don't pair up, or are nested"
        given, solves = cell.nbgrader, "### BEGIN SOLUTION" in cell.source
        if given.get("solution") and cell.kind == "code" and not solves:
            yield cell.line, f"第 {number} 格是解答格，却没有 BEGIN SOLUTION", f"cell {number} is a solution without BEGIN SOLUTION"
        if solves and not given.get("solution"):
            yield cell.line, f"第 {number} 格有解答标记，却不是解答格", f"cell {number} has a solution but isn't a solution cell"
        if "### BEGIN HIDDEN TESTS" in cell.source and (given.get("solution") or not given.get("grade")):
            yield cell.line, f"第 {number} 格有隐藏测试，却不是测试格", f"cell {number} has hidden tests but isn't a test cell"


def _is_balanced(source: str, name: str) -> bool:
    """Each BEGIN is followed by its END before the next BEGIN."""
    marks = re.findall(rf"^\s*### (BEGIN|END) {name}\s*$", source, re.M)
    return marks == ["BEGIN", "END"] * (len(marks) // 2)


def _languages(cells: list[Cell]) -> Iterator[Said]:
    """Text comes in pairs: Chinese, then English. A student's own answer cell has no language."""
    texts = [cell for cell in cells if cell.kind == "markdown" and not cell.nbgrader.get("solution")]
    expected = "zh"
    for cell in texts:
        language = cell.metadata.get("lang")
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
    graded = {str(cell.nbgrader.get("grade_id")): cell for cell in cells if cell.is_graded}
    faults = [
        _fault(file, (cell.line, f"计分格“{name}”没有在 course.yaml 里标注技能", f"the graded cell “{name}” has no skills in course.yaml"))
        for name, cell in graded.items() if name not in tagged
    ]
    for name in sorted(set(tagged) - graded.keys()):
        said = (1, f"没有计分格“{name}”，course.yaml 却标注了它", f"there is no graded cell “{name}”, which course.yaml tags")
        faults.append(_fault(file, said, nearest(name, graded)))
    return faults
