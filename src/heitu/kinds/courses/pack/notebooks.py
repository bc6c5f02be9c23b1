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

from heitu.engines.grading import BrokenAssignment
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


def faults_in(file: str, text: str, *, tagged: Collection[str] | None) -> list[Fault]:
    """All faults of the notebook; `tagged` are the graded cells to which course.yaml gives skills, None where it has no say."""
    try:
        data = json.loads(text)
    except ValueError as error:
        return [_fault(file, (getattr(error, "lineno", 1), f"不是 JSON：{error}", f"this is not JSON: {error}"))]
    if not isinstance(data, dict) or not isinstance(data.get("cells"), list):
        return [_fault(file, (1, "不是 Jupyter 笔记本", "this is not a Jupyter notebook"))]
    cells = _cells(data, text)
    found = [*_form(data), *_cell_forms(cells), *_unsound(cells, text), *_strict(cells), *_languages(cells)]
    return [_fault(file, each) for each in found] + ([] if tagged is None else _untagged(file, cells, tagged))


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
    if cell.is_graded and not given.get("solution") and not given.get("task") and not given.get("locked"):
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
