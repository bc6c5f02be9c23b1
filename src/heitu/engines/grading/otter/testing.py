"""A test cell of otter assign as a case, and cases as a test file: what `otter assign` of otter-grader 7 writes.

Every case is doctest of the cell's code and the output that the cell has in the source notebook; with `ok_format: false`
it is the one function of the cell.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

_BEGIN = re.compile(r'(?:.\s*=\s*)?""?"?\s*#\s*BEGIN\s*TEST\s*CONFIG', re.I)
_END = re.compile(r'""?"?\s*#\s*END\s*TEST\s*CONFIG', re.I)
_CONTINUES = re.compile(r"^(?:[ \t]|except[\s\w]*:|elif |else:|finally:)")


class Unfit(Exception):
    """A cell that is no test: why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Case:
    """`code`: doctest, or a function; `source` and `output` as the cell has them."""

    code: str
    hidden: bool
    points: Any
    source: str
    output: str


def case_of(source: str, outputs: Sequence[Any], *, ok_format: bool) -> Case:
    """Raises Unfit."""
    lines = source.split("\n")
    config, start = _config(lines)
    hidden = bool(config.get("hidden", _says_hidden(lines[0])))
    code = "\n".join(lines[start:])
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        raise Unfit(f"测试不是 Python：{error.msg}", f"the test is no Python: {error.msg}") from None
    if not tree.body:
        raise Unfit("测试是空的", "the test is empty")
    output = "".join(map(_said, outputs))
    body = _doctest(tree, output) if ok_format else _function(tree)
    return Case(body, hidden, config.get("points"), code, output)


def _says_hidden(line: str) -> bool:
    return line.lstrip().startswith("#") and re.search(r"\bhidden\b", line, re.I) is not None


def _config(lines: Sequence[str]) -> tuple[dict[str, Any], int]:
    """The cell's own configuration, and the line after it."""
    if not _BEGIN.match(lines[0]):
        return {}, 0
    end = next((place for place, line in enumerate(lines) if _END.match(line)), len(lines) - 1)
    try:
        found = yaml.safe_load("\n".join(lines[1:end]))
    except yaml.YAMLError as error:
        raise Unfit(f"测试的配置不是可用的 YAML：{error}", f"the test's configuration is no sound YAML: {error}") from None
    if not isinstance(found, dict):
        raise Unfit("测试的配置应为“键: 值”", "the test's configuration should be “key: value”")
    return found, end + 1


def _said(output: Any) -> str:
    """Of one output: its stream's text, and the plain text of what the cell's last line is."""
    if not isinstance(output, dict):
        return ""
    data = output.get("data")
    plain = data.get("text/plain", "") if isinstance(data, dict) else ""
    return "".join(output.get("text", "")) + ((plain[:1] or [""])[0] if isinstance(plain, list) else str(plain))


class _WithoutAnnotations(ast.NodeTransformer):
    def visit(self, node: ast.AST) -> Any:
        self.generic_visit(node)
        for name, gone in (("annotation", None), ("returns", None), ("type_params", [])):
            if hasattr(node, name):
                setattr(node, name, gone)
        return node


def _doctest(tree: ast.Module, output: str) -> str:
    """Each line with its prompt, then the output."""
    made: list[str] = []
    for line in ast.unparse(_WithoutAnnotations().visit(tree)).split("\n"):
        if line:
            goes_on = _CONTINUES.match(line) or (made and made[-1].strip().endswith("\\"))
            made.append(("... " if goes_on else ">>> ") + line)
    return "\n".join([*made, *output.split("\n")])


def _function(tree: ast.Module) -> str:
    if len(tree.body) > 2 or not isinstance(tree.body[0], ast.FunctionDef):
        zh, en = "应只有一个函数，至多再有一次调用", "there should be one function, and at most a call of it"
        raise Unfit(zh, en)
    return ast.unparse(tree.body[0])


def doctests(name: str, points: Any, cases: Sequence[Case], *, all_or_nothing: bool) -> str:
    """An OK-format test file."""
    made = [
        {"code": case.code, "hidden": case.hidden, "locked": False} | ({} if case.points is None else {"points": case.points})
        for case in cases
    ]
    suites = [{"cases": made, "scored": True, "setup": "", "teardown": "", "type": "doctest"}]
    test = {"name": name, "points": points, "all_or_nothing": all_or_nothing, "suites": suites}
    return f"OK_FORMAT = True\n\ntest = {test!r}\n"


def functions(name: str, points: Any, cases: Sequence[Case], *, all_or_nothing: bool) -> str:
    """An exception-based test file."""
    head = ["from otter.test_files import test_case", "", "OK_FORMAT = False", f"name = {name!r}", f"points = {points!r}",
            f"all_or_nothing = {all_or_nothing!r}", ""]
    parts = [f"@test_case(points={case.points!r}, hidden={case.hidden!r})\n{case.code}\n" for case in cases]
    return "\n".join([*head, *parts])
