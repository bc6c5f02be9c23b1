"""Every fault of a source notebook, with its cell: nothing is graded by one that has any."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator

from heitu.engines.grading import marks, reading, regions
from heitu.engines.grading.faults import Fault
from heitu.engines.grading.reading import Cell, Notebook

_ID = re.compile(r"[a-zA-Z0-9_\-]+")
_ATTACHED = re.compile(r"!\[.*\]\(attachment:.+?\)")
_AUTOTEST = re.compile(r"^\s*#+\s*(HASHED )?AUTOTEST\b", re.MULTILINE)
_ALLOWED_IN = {
    regions.SOLUTION: (marks.is_solution, "作答单元格", "a solution cell"),
    regions.HIDDEN: (marks.is_grade, "自动评分的测试单元格", "an autograded test cell"),
    regions.SCHEME: (marks.is_task, "人工评分的任务单元格", "a manually graded task"),
}
_REGION_ZH = {regions.SOLUTION: "参考解答", regions.HIDDEN: "隐藏测试", regions.SCHEME: "评分细则"}


def faults(notebook: Notebook) -> list[Fault]:
    """Of an nbgrader source notebook whose metadata is upgraded already."""
    found = list(_language(notebook))
    for number, cell in enumerate(notebook["cells"], 1):
        where = (number, marks.grade_id(cell))
        found += [Fault(code, *where, zh, en) for code, zh, en in (*_metadata(cell), *_regions(cell))]
    return found + list(_clashes(notebook))


def _language(notebook: Notebook) -> Iterator[Fault]:
    name = reading.language(notebook)
    if name != "python":
        yield Fault("language", 0, "", f"内核语言 {name} 不受支持：目前只评 Python", f"kernel language {name}: only Python is graded")
    if not any(map(marks.is_graded, notebook["cells"])):
        yield Fault("nothing_graded", 0, "", "没有任何计分单元格", "no cell earns points")


Said = tuple[str, str, str]


def _metadata(cell: Cell) -> Iterator[Said]:
    found = marks.of(cell)
    if not found:
        return
    version = found.get("schema_version")
    if not isinstance(version, int) or version > marks.SCHEMA:
        yield ("schema", f"nbgrader 元数据版本 {version} 未知", f"unknown schema version {version} of nbgrader's metadata")
        return
    if marks.has_role(cell) and not _ID.fullmatch(marks.grade_id(cell)):
        en = "no grade_id, or one with other characters than letters, digits, _ and -"
        yield ("grade_id", "缺少 grade_id，或含有字母、数字、_、- 以外的字符", en)
    if marks.is_graded(cell):
        yield from _points(cell)
    yield from _roles(cell)


def _points(cell: Cell) -> Iterator[Said]:
    try:
        value = marks.points(cell)
    except KeyError:
        yield ("points", "计分单元格没有 points", "a graded cell without points")
        return
    except (TypeError, ValueError):
        yield ("points", "points 不是数", "points is no number")
        return
    if not math.isfinite(value) or value < 0:
        yield ("points", f"points 为 {value}：须为不小于 0 的数", f"points is {value}: it must be a number from 0 up")


def _roles(cell: Cell) -> Iterator[Said]:
    grade, solution, task = marks.is_grade(cell), marks.is_solution(cell), marks.is_task(cell)
    markdown = cell["cell_type"] == "markdown"
    if task and not markdown:
        yield ("task_type", "任务单元格须为 Markdown", "a task has to be Markdown")
    elif not task and markdown and grade and not solution:
        yield ("answer_missing", "计分的 Markdown 单元格须同时是作答单元格", "a graded Markdown cell has to be a solution as well")
    elif not task and markdown and solution and not grade:
        yield ("grade_missing", "作答的 Markdown 单元格须同时计分", "a Markdown solution has to be graded as well")
    elif not grade and not task and "points" in marks.of(cell):
        yield ("not_graded", "有 points 但不计分：请设 grade 或删去 points", "points without grade: set grade, or remove points")


def _regions(cell: Cell) -> Iterator[Said]:
    source = cell["source"]
    for region in regions.REGIONS:
        zh = _REGION_ZH[region]
        for kind in regions.faults(source, region):
            how = ("嵌套", "nested") if kind == "nested" else ("未闭合", "unclosed")
            yield (kind, f"{zh}标记{how[0]}：{region.begin}", f"{how[1]} {region.begin}")
        allowed, place_zh, place_en = _ALLOWED_IN[region]
        if regions.has(source, region) and not allowed(cell):
            yield ("misplaced", f"{zh}只能放在{place_zh}里", f"{region.begin} belongs in {place_en}")
    if regions.has(source, regions.SCHEME) and _ATTACHED.search(source):
        yield ("attachment", "评分细则中的附件会随学生版泄露：请改为内嵌图片", "an attachment in a mark scheme would reach the students")
    if cell["cell_type"] == "code" and _AUTOTEST.search(source):
        yield ("autotest", "AUTOTEST 指令须先由 nbgrader 展开", "AUTOTEST lines have to be expanded by nbgrader first")


def _clashes(notebook: Notebook) -> Iterator[Fault]:
    cells = [(n, marks.grade_id(cell)) for n, cell in enumerate(notebook["cells"], 1) if marks.has_role(cell)]
    counts = Counter(name for _, name in cells if name)
    for number, name in cells:
        if counts[name] > 1:
            yield Fault("duplicate", number, name, f"grade_id {name} 重复", f"grade_id {name} is used more than once")
