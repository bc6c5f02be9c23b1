"""An otter assign source notebook as the autograder that `otter assign` of otter-grader 7 makes of it.

Raw cells (or fences of the language `otter`) that begin with `# ASSIGNMENT CONFIG`, `# BEGIN QUESTION` … say what the
cells between them are (otter-grader.readthedocs.io, "Otter Assign format"). Only tests and points matter for grading:
solutions are the author's, and students bring a notebook of their own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

import yaml

from heitu.engines.grading import reading
from heitu.engines.grading.faults import BrokenAssignment, Fault, Unreadable
from heitu.engines.grading.otter import points, testing
from heitu.engines.grading.otter.reading import OtterAssignment, unsupported
from heitu.engines.grading.otter.testing import Case, Unfit
from heitu.engines.grading.reading import Cell

_CONFIG = re.compile(r"#\s+assignment\s+config\s*", re.I)
_BOUNDARY = re.compile(r"#\s+(begin|end)\s+(question|prompt|solution|tests)\s*", re.I)
_FENCED = re.compile(r"^```otter[ \t]*\n(.*?)\n?^```[ \t]*\n?", re.M | re.S)
_IGNORED = re.compile(r"##\s*ignore\s*##|#\s*ignore\s*", re.I)


@dataclass
class Question:
    """`cell` is the number of the one that begins it."""

    name: str
    config: dict[str, Any]
    cell: int
    cases: list[Case] = field(default_factory=list)

    @property
    def points(self) -> Any:
        """As a test file has them: `each` is so much a case."""
        given = self.config.get("points")
        return given.get("each", 1) * len(self.cases) if isinstance(given, dict) else given


@dataclass
class Master:
    """What a source notebook says. `places`: for each cell, counted from 1, the innermost block that it is in."""

    config: dict[str, Any] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @property
    def is_ok_format(self) -> bool:
        tests = self.config.get("tests")
        return bool(tests.get("ok_format", True)) if isinstance(tests, dict) else True

    def fault(self, code: str, cell: int, zh: str, en: str) -> None:
        self.faults.append(Fault(code, cell, "", zh, en))


def is_assign(data: bytes) -> bool:
    """Whether the notebook is a source of otter assign."""
    try:
        notebook, _ = reading.read(data)
    except Unreadable:
        return False
    raw = [cell["source"] for cell in _split(notebook["cells"], []) if _is_raw(cell)]
    return any(_CONFIG.match(source) or _BOUNDARY.match(source) for source in raw)


def read(name: str, files: Mapping[str, bytes]) -> OtterAssignment:
    """The autograder of the one source notebook among `files`, which holds what its configuration names as well.

    Raises BrokenAssignment with every fault.
    """
    sources = [each for each, data in files.items() if each.endswith(".ipynb") and is_assign(data)]
    if len(sources) != 1:
        number = len(sources)
        zh, en = f"应有一个 otter assign 笔记本，有 {number} 个", f"there should be one notebook of otter assign, there are {number}"
        raise BrokenAssignment(name, [Fault("notebooks", 0, "", zh, en)])
    master = examine(files[sources[0]], files)
    config = _grading_config(master)
    beside = _beside(master, PurePosixPath(sources[0]).parent, files)
    if master.faults:
        raise BrokenAssignment(name, master.faults)
    asked = [each for each in master.questions.values() if each.cases]
    tests = {f"tests/{each.name}.py": _test_file(each, ok_format=master.is_ok_format) for each in asked}
    return OtterAssignment(name, {}, beside, tests=dict(sorted(tests.items())), config=config)


def named_files(data: bytes) -> list[str]:
    """The files and folders that the notebook's configuration asks for, relative to it."""
    master = examine(data, {})
    return [str(each) for key in ("files", "autograder_files", "config_file") for each in _list(master.config.get(key))]


def examine(data: bytes, files: Mapping[str, bytes]) -> Master:
    """Blocks, questions, tests and configuration; faults are in what is returned."""
    master = Master()
    try:
        notebook, _ = reading.read(data)
    except Unreadable as error:
        master.fault(error.code, 0, error.zh, error.en)
        return master
    if reading.language(notebook) != "python":
        master.fault("language", 0, "只评 Python", "only Python is graded")
    outputs = [each.get("outputs") or [] for each in json.loads(data.decode("utf-8-sig", "replace"))["cells"]]
    for cell, said in zip(notebook["cells"], outputs, strict=True):
        cell["said"] = said
    numbers: list[int] = []
    master.cells = _split(notebook["cells"], numbers)
    _walk(master, numbers, files)
    if not any(each.cases for each in master.questions.values()) and not master.faults:
        master.fault("no_tests", 0, "没有任何测试", "there is no test")
    return master


def _is_raw(cell: Cell) -> bool:
    return bool(cell["cell_type"] == "raw")


def _split(cells: list[Cell], numbers: list[int]) -> list[Cell]:
    """Fences of the language otter inside Markdown, as raw cells of their own; `numbers` are those of their cells."""
    made: list[Cell] = []
    for number, cell in enumerate(cells, 1):
        parts = _FENCED.split(cell["source"]) if cell["cell_type"] == "markdown" else []
        if len(parts) < 3:
            parts = []
            made.append(cell)
            numbers.append(number)
        for place, part in enumerate(parts):
            if part.strip():
                made.append({**cell, "cell_type": "raw" if place % 2 else "markdown", "source": part.strip("\n")})
                numbers.append(number)
    return made


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────────


def _walk(master: Master, numbers: list[int], files: Mapping[str, bytes]) -> None:
    open_blocks: list[str] = []
    question: Question | None = None
    for cell, number in zip(master.cells, numbers, strict=True):
        boundary = _BOUNDARY.match(cell["source"]) if _is_raw(cell) else None
        place = open_blocks[-1] if open_blocks else ""
        if _IGNORED.match(cell["source"]):
            place = "ignored"
        elif _is_raw(cell) and _CONFIG.match(cell["source"]):
            place = "config"
            _configure(master, cell, number, files)
        elif boundary:
            place = "boundary"
            question = _boundary(master, open_blocks, question, boundary, cell, number)
        elif place == "tests" and question is not None:
            _test(master, question, cell, number)
        master.places.append(place)
    if open_blocks:
        zh, en = f"{open_blocks[-1]} 没有结束", f"the {open_blocks[-1]} block is never ended"
        master.fault("block", numbers[-1], zh, en)


def _boundary(
    master: Master, open_blocks: list[str], question: Question | None, found: re.Match[str], cell: Cell, number: int
) -> Question | None:
    """Enter or leave a block; the question that is open afterwards."""
    edge, block = found[1].lower(), found[2].lower()
    if edge == "end":
        if not open_blocks or open_blocks[-1] != block:
            master.fault("block", number, f"END {block.upper()} 没有对应的开头", f"END {block.upper()} without its beginning")
            return question
        open_blocks.pop()
        return None if block == "question" else question
    fits = not open_blocks if block == "question" else open_blocks == ["question"]
    if not fits:
        master.fault("block", number, f"BEGIN {block.upper()} 不能放在这里", f"BEGIN {block.upper()} can't stand here")
    open_blocks.append(block)
    return _asked(master, cell, number) if block == "question" else question


def _asked(master: Master, cell: Cell, number: int) -> Question:
    config = _yaml(master, cell, number)
    name = str(config.get("name") or "")
    if not re.fullmatch(r"[\w.-]{1,100}", name) or name in (".", ".."):
        master.fault("name", number, "题目没有可用的 name", "the question has no usable name")
        name = f"cell-{number}"
    found = master.questions.setdefault(name, Question(name, config, number))
    found.config = config
    return found


def _configure(master: Master, cell: Cell, number: int, files: Mapping[str, bytes]) -> None:
    config = _yaml(master, cell, number)
    path = config.get("config_file")
    if isinstance(path, str) and path in files:
        master.config.update(_yaml(master, {"source": files[path].decode("utf-8", "replace")}, number))
    master.config.update(config)


def _yaml(master: Master, cell: Cell, number: int) -> dict[str, Any]:
    try:
        found = yaml.safe_load(cell["source"]) or {}
    except yaml.YAMLError as error:
        master.fault("config", number, f"不是可用的 YAML：{error}", f"this is not sound YAML: {error}")
        return {}
    if not isinstance(found, dict):
        master.fault("config", number, "配置应为“键: 值”", "the configuration should be “key: value”")
        return {}
    return found


def _test(master: Master, question: Question, cell: Cell, number: int) -> None:
    if cell["cell_type"] != "code":
        master.fault("test_cell", number, "测试块里只能有代码", "a block of tests holds code only")
        return
    try:
        question.cases.append(testing.case_of(cell["source"], cell.get("said", []), ok_format=master.is_ok_format))
    except Unfit as error:
        master.fault("test_cell", number, error.zh, error.en)


# ── what grading needs ──────────────────────────────────────────────────────────────────────────────────────────


def _grading_config(master: Master) -> dict[str, Any]:
    """As `otter_config.json` in the zip has it."""
    given, seed = master.config.get("generate"), master.config.get("seed")
    config = dict(given) if isinstance(given, dict) else {}
    if isinstance(seed, dict) and seed.get("variable"):
        config |= {"seed": seed.get("autograder_value"), "seed_variable": seed["variable"]}
    if master.config.get("plugins"):
        config["plugins"] = master.config["plugins"]
    master.faults += unsupported(config)
    for question in master.questions.values():
        _check_points(master, question)
    return config


def _check_points(master: Master, question: Question) -> None:
    try:
        given = question.points
        if question.cases:
            points.resolve(given, [case.points for case in question.cases])
    except (points.BadPoints, TypeError) as error:
        master.fault("points", question.cell, f"分值不合：{error}", f"the points don't add up: {error}")


def _beside(master: Master, folder: PurePosixPath, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files that lie beside a submission when it is run, by their path from the notebook; of a folder, those in it."""
    found: dict[str, bytes] = {}
    for name in (str(each) for key in ("files", "autograder_files") for each in _list(master.config.get(key))):
        taken = dict(_under(str(folder / name), name, files))
        if not taken:
            master.fault("no_file", 0, f"找不到配置里的文件 {name}", f"the file {name} of the configuration isn't there")
        found |= taken
    return found


def _under(path: str, name: str, files: Mapping[str, bytes]) -> Iterator[tuple[str, bytes]]:
    for each, data in files.items():
        if each == path:
            yield name, data
        elif each.startswith(f"{path.rstrip('/')}/"):
            yield PurePosixPath(PurePosixPath(name).name, PurePosixPath(each).relative_to(path)).as_posix(), data


def _list(given: Any) -> list[Any]:
    return given if isinstance(given, list) else [given] if isinstance(given, str) else []


def _test_file(question: Question, *, ok_format: bool) -> str:
    write = testing.doctests if ok_format else testing.functions
    return write(question.name, question.points, question.cases, all_or_nothing=bool(question.config.get("all_or_nothing")))
