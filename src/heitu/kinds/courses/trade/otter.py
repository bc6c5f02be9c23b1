"""otter's notebooks as labs: each case becomes a graded cell of nbgrader's, with the case's points.

Read are the source of otter assign, and what it makes for the autograder: the solved notebook with its test files.
A test file is code; only the plain data of an OK-format file is taken from it, nothing is run.
"""

from __future__ import annotations

import ast
import doctest
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from heitu.engines.grading.otter import assign, points
from heitu.engines.grading.otter.assign import Master, Question
from heitu.engines.grading.otter.testing import Case
from heitu.engines.grading.reading import Cell
from heitu.kinds.courses.trade import labs
from heitu.kinds.courses.trade.found import Found

_CHECK = re.compile(r"^\s*grader\.check\(\s*[\"']([\w.-]+)[\"']\s*\)\s*$")
_SETTING_UP = re.compile(r"^\s*(?:import otter|grader\s*=\s*otter\.|grader\.(?:check_all|export|to_pdf)\()", re.M)
_SOLVED = "otter_assign_solution_cell"
_BEGIN, _END = re.compile(r"#\s*BEGIN SOLUTION(?: NO PROMPT)?\s*$"), re.compile(r"#\s*END SOLUTION\s*$")
_ONE_LINE = re.compile(r"\s*# ?(?:SOLUTION(?: NO PROMPT)?|SEED)\s*$")
_PROMPT_BEGIN, _PROMPT_END = re.compile(r"# BEGIN PROMPT\s*$"), re.compile(r"# END PROMPT\s*$")


class Unturnable(Exception):
    """A case that can't be an assertion: why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


@dataclass(frozen=True)
class Tried:
    """One case as a test cell runs it."""

    code: str
    hidden: bool


def read(files: Mapping[str, bytes]) -> Found:
    """Faults and what was left out are in what is returned."""
    found = Found()
    notebooks = {path: data for path, data in sorted(files.items()) if path.endswith(".ipynb")}
    sources = {path: data for path, data in notebooks.items() if assign.is_assign(data)}
    if not notebooks:
        zh = "自动评分包里没有笔记本，也就没有题面和解答：请导入 otter assign 的源笔记本，或与它生成的 autograder 文件夹一起导入"
        en = ("the autograder holds no notebook, so neither text nor solutions: import the source notebook of otter assign, "
              "or the folder `autograder` that it makes")
        found.fault("otter_config.json", zh, en)
    for path, data in (sources or notebooks).items():
        _source(path, data, files, found) if sources else _solved(path, data, files, found)
    labs.tell_others([path for path in files if not _is_known(path)], found)
    return found


def _is_known(path: str) -> bool:
    name = PurePosixPath(path)
    return name.name in ("otter_config.json", "run_autograder", "setup.sh", "environment.yml", "requirements.txt", "run_otter.py") or (
        name.parent.name == "tests" or name.suffix in (".zip", ".otter")
    )


# The source of otter assign


def _source(path: str, data: bytes, files: Mapping[str, bytes], found: Found) -> None:
    master = assign.examine(data, files)
    for fault in master.faults:
        found.fault(path, f"第 {fault.cell} 格：{fault.zh}", f"cell {fault.cell}: {fault.en}")
    if not master.faults:
        labs.add(path, list(_cells(master, path, found)), found)


def _cells(master: Master, path: str, found: Found) -> Iterator[Cell]:
    """The notebook without otter's own cells; a question's tests stand where its block of tests ends."""
    questions = iter(master.questions.values())
    question: Question | None = None
    answered = 0
    for cell, place in zip(master.cells, master.places, strict=True):
        heading = cell["source"].lower()
        if place == "boundary" and "begin question" in heading.split("\n")[0]:
            question, answered = next(questions), 0
        elif place == "boundary" and "end question" in heading.split("\n")[0] and question is not None:
            yield from [_answer(question, 0, "")] if question.config.get("manual") and not answered else []
            whole = bool(question.config.get("all_or_nothing"))
            yield from _tests(question.name, question.points, question.cases, whole=whole, path=path, found=found)
        elif place == "solution" and question is not None:
            made = _solution(cell, question, answered)
            answered += made is not cell
            yield made
        elif place in ("", "question") and not _SETTING_UP.search(cell["source"] if cell["cell_type"] == "code" else ""):
            yield {**cell, "metadata": {}}


def _solution(cell: Cell, question: Question, before: int) -> Cell:
    """The author's answer as nbgrader marks it; code without a mark is given to students, so it stays plain."""
    if cell["cell_type"] == "markdown":
        return _answer(question, before, cell["source"])
    source = solution_marks(cell["source"])
    if source is None:
        return {**cell, "metadata": {}}
    name = f"{question.name}-solution{f'-{before + 1}' if before else ''}".replace(".", "-")
    graded = {"grade": True, "points": _points(question)} if question.config.get("manual") and not before else {}
    return _with(cell["cell_type"], source, grade_id=name, solution=True, **graded)


def _answer(question: Question, before: int, source: str) -> Cell:
    name = f"{question.name}-answer{f'-{before + 1}' if before else ''}".replace(".", "-")
    return _with("markdown", source, grade_id=name, grade=True, solution=True, points=0 if before else _points(question))


def _points(question: Question) -> float:
    given = question.points
    return sum(given) if isinstance(given, list) else 1 if given is None else float(given)


def solution_marks(source: str) -> str | None:
    """otter's marks of solutions as nbgrader's; None where there is none. Prompts go: nbgrader puts its own stub."""
    lines: list[str] = []
    inside = prompting = False
    for line in source.split("\n"):
        if prompting or _PROMPT_BEGIN.search(line):
            prompting = not _PROMPT_END.search(line)
        elif _BEGIN.search(line) or _END.search(line):
            inside = bool(_BEGIN.search(line))
            lines.append(f"{_indent(line)}### {'BEGIN' if inside else 'END'} SOLUTION")
        elif not inside and _ONE_LINE.search(line):
            lines += [f"{_indent(line)}### BEGIN SOLUTION", _ONE_LINE.sub("", line), f"{_indent(line)}### END SOLUTION"]
        else:
            lines.append(line)
    text = re.sub(r"\n[ \t]*### END SOLUTION\n[ \t]*### BEGIN SOLUTION(?=\n)", "", "\n".join(lines))
    return text if "### BEGIN SOLUTION" in text else None


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


# The solved notebook of an autograder


def _solved(path: str, data: bytes, files: Mapping[str, bytes], found: Found) -> None:
    notebook = labs.readable(path, data, found)
    if notebook is None:
        return
    tests = _test_files(notebook, files)
    cells: list[Cell] = []
    for number, cell in enumerate(notebook["cells"], 1):
        asked = _CHECK.match(cell["source"])
        if asked:
            cells += _of_file(asked[1], tests.get(asked[1]), path, number, found)
        elif _SOLVED in (cell["metadata"].get("tags") or []) and cell["cell_type"] == "code":
            cells.append(_with("code", solution_marks(cell["source"]) or cell["source"], grade_id=f"solution-{number}", solution=True))
        elif not _SETTING_UP.search(cell["source"] if cell["cell_type"] == "code" else ""):
            cells.append({**cell, "metadata": {}})
    if not found.faults:
        labs.add(path, cells, found)


def _test_files(notebook: Mapping[str, Any], files: Mapping[str, bytes]) -> dict[str, Any]:
    """By the name of the question: what the notebook itself keeps, else the files in `tests/`."""
    found: dict[str, Any] = {
        PurePosixPath(name).stem: _literal(data) for name, data in files.items() if PurePosixPath(name).parent.name == "tests"
    }
    own = notebook["metadata"].get("otter")
    kept = own.get("tests") if isinstance(own, dict) else None
    return found | (kept if isinstance(kept, dict) else {})


def _literal(source: bytes) -> dict[str, Any] | None:
    """The data of an OK-format test file, without running it."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None
    for each in tree.body:
        if isinstance(each, ast.Assign) and [getattr(target, "id", "") for target in each.targets] == ["test"]:
            try:
                test = ast.literal_eval(each.value)
            except ValueError:
                return None
            return test if isinstance(test, dict) else None
    return None


def _of_file(name: str, given: Any, path: str, number: int, found: Found) -> list[Cell]:
    test = given if isinstance(given, dict) else {}
    try:
        cases = [
            Case(str(case["code"]), bool(case.get("hidden", True)), case.get("points"), "", "") for case in test["suites"][0]["cases"]
        ]
    except (KeyError, TypeError, IndexError, AttributeError):
        zh = f"第 {number} 格要的测试“{name}”不是数据（OK 格式）"
        found.fault(path, zh, f"cell {number} asks for the test “{name}”, which is no data (OK format)")
        return []
    return list(_tests(name, test.get("points"), cases, whole=bool(test.get("all_or_nothing")), path=path, found=found))


# Tests


def _tests(name: str, total: Any, cases: Sequence[Case], *, whole: bool, path: str, found: Found) -> Iterator[Cell]:
    """A graded cell a case; one for all where they earn all or nothing."""
    try:
        worth = points.resolve(total, [case.points for case in cases]) if cases else []
        tried = [Tried(assertions(case), case.hidden) for case in cases]
    except (points.BadPoints, Unturnable) as error:
        zh, en = (error.zh, error.en) if isinstance(error, Unturnable) else (f"分值不合：{error}", f"the points don't add up: {error}")
        found.fault(path, f"题“{name}”：{zh}", f"the question “{name}”: {en}")
        return
    parts = [(tried, sum(worth))] if whole and tried else [([each], worth[place]) for place, each in enumerate(tried)]
    for place, (together, earned) in enumerate(parts, 1):
        grade_id = (name if len(parts) == 1 else f"{name}-{place}").replace(".", "-")
        yield _with("code", "\n".join(map(_shown, together)), grade_id=grade_id, grade=True, locked=True, points=earned)


def _shown(tried: Tried) -> str:
    return f"### BEGIN HIDDEN TESTS\n{tried.code}\n### END HIDDEN TESTS" if tried.hidden else tried.code


def assertions(case: Case) -> str:
    """A case as code that raises where it fails. Raises Unturnable."""
    if case.source and not case.code.lstrip().startswith(">>>"):
        return _called(case.code)
    examples = doctest.DocTestParser().get_examples(case.code)
    return "\n".join(_asserted(each) for each in examples)


def _called(code: str) -> str:
    """A function whose arguments are the student's names; `env` is all of them."""
    function = next(each for each in ast.parse(code).body if isinstance(each, ast.FunctionDef))
    given = [each.arg for each in function.args.args]
    return f"{code}\n{function.name}({', '.join('globals()' if each == 'env' else each for each in given)})"


def _asserted(example: doctest.Example) -> str:
    source, want = example.source.rstrip("\n"), example.want.rstrip("\n")
    if example.exc_msg is not None:
        return _raised(source, example.exc_msg.strip())
    if not want:
        return source
    tree = ast.parse(source)
    if not isinstance(tree.body[-1], ast.Expr):
        raise Unturnable("测试靠中途的输出判断，请改成表达式", "the test goes by what is printed on the way: make it an expression")
    return "\n".join([*map(ast.unparse, tree.body[:-1]), _compared(tree.body[-1].value, want)])


def _compared(value: ast.expr, want: str) -> str:
    if isinstance(value, ast.Call) and getattr(value.func, "id", "") == "print":
        if len(value.args) != 1 or value.keywords:
            raise Unturnable("测试打印了不止一个值，请改成表达式", "the test prints more than one value: make it an expression")
        return f"assert str({ast.unparse(value.args[0])}) == {want!r}"
    said = ast.unparse(value)
    if want in ("True", "False"):
        return f"assert {said}" if want == "True" else f"assert not ({said})"
    return f"assert repr({said}) == {want!r}"


def _raised(source: str, message: str) -> str:
    """Code that has to raise with these words, as `ValueError: empty`."""
    name, _, words = message.partition(":")
    body = "\n".join(f"    {line}" for line in source.split("\n"))
    return (
        f"try:\n{body}\nexcept Exception as error:\n    assert type(error).__name__ == {name.strip()!r}\n"
        f"    assert str(error) == {words.strip()!r}\nelse:\n    raise AssertionError('nothing was raised')"
    )


def _with(kind: str, source: str, **role: Any) -> Cell:
    """A cell with nbgrader's metadata."""
    usual = {"grade": False, "solution": False, "locked": False, "task": False, "schema_version": 3}
    return {"cell_type": kind, "metadata": {"nbgrader": usual | role}, "source": source}
