"""Grading by an otter autograder: the student's cells run, checks run where the notebook asks for them, and those that
it never asked for at the end.

A check's code never comes into the student's process: it runs on the author's side, like nbgrader's tests.
"""

from __future__ import annotations

import ast
import json
import time
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from heitu.engines.grading import reading
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.grades import Graded, Question, Ran
from heitu.engines.grading.handing import Submitted
from heitu.engines.grading.otter import points
from heitu.engines.grading.otter.points import Case
from heitu.engines.grading.otter.reading import OtterAssignment
from heitu.engines.grading.reading import Cell, Notebook
from heitu.engines.grading.scoring import decimal
from heitu.engines.grading.session import Result, Session
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.side import Limits

_SENT = files("heitu.engines.grading.otter").joinpath("sent")
_IGNORE = "otter_ignore"


class OtterGrader:
    """One assignment."""

    def __init__(self, assignment: OtterAssignment, nursery: Nursery, limits: Limits) -> None:
        self.assignment, self.nursery, self.limits = assignment, nursery, limits
        # As one string: IPython goes over the lines of a cell many times.
        self._inside = f"exec({_SENT.joinpath('inside.py').read_text(encoding='utf-8')!r}, globals())"
        self._stub = _SENT.joinpath("stub.py").read_bytes()

    def prepare(self) -> None:
        """There is no solution to learn from."""

    def grade(self, submitted: Submitted) -> Graded:
        """One submission. Raises SandboxFault, LayersMissing."""
        begun = time.monotonic()
        found = Graded(submitted.student, self.assignment.name, timestamp=submitted.timestamp)
        try:
            name, notebook, found.flags = _notebook(submitted.files)
        except Unreadable as error:
            found.refused = (error.code, error.zh, error.en)
            return found
        beside = {each: data for each, data in submitted.files.items() if not each.endswith(".ipynb")}
        theirs = {**beside, **self.assignment.files, "otter/__init__.py": self._stub}
        with Session(self.nursery, self.limits, self.assignment.own, theirs, self.assignment.files) as session:
            session.prepare(self._inside)
            checks = Checks(session, self.assignment.tests)
            self._run(notebook, session, checks)
            found.questions = checks.questions(name)
        unseen = frozenset(range(len(notebook["cells"]))) if checks.has_hidden else frozenset()
        found.seconds = time.monotonic() - begun
        found.ran.append(Ran(name, notebook, unseen, found.seconds))
        return found

    def _run(self, notebook: Notebook, session: Session, checks: Checks) -> None:
        notebook["cells"] = [cell for cell in notebook["cells"] if not _is_ignored(cell)]
        seeding = self._seeding(session)
        for cell in reading.code_cells(notebook["cells"]):
            source = cell["source"] if cell["source"].startswith("%%") else seeding + cell["source"]
            result = session.run(source, on_ask=checks.asked)
            cell["outputs"], cell["execution_count"] = result.outputs, result.count
            for test in _tests_of(cell):
                checks.check(test)
        checks.check_the_rest()

    def _seeding(self, session: Session) -> str:
        """What stands before each cell."""
        seed, variable = (self.assignment.config.get(key) for key in ("seed", "seed_variable"))
        if seed is None:
            return ""
        if variable is not None:
            return f"{variable} = {seed}\n"
        session.run("import numpy as _np_seeding\nimport random as _random_seeding")
        return f"_np_seeding.random.seed({seed})\n_random_seeding.seed({seed})\n"


class Checks:
    """The checks of one run; the last of a name counts."""

    def __init__(self, session: Session, tests: Mapping[str, str]) -> None:
        self._session = session
        self._tests = {path.rpartition("/")[2].removesuffix(".py"): source for path, source in tests.items()}
        self._found: dict[str, dict[str, Any]] = {}
        self._made: set[str] = set()
        self.has_hidden = False

    def asked(self, name: str) -> str:
        """What the student's cell is told: no more than whether the public cases pass. Raises KeyError."""
        found = self.check(name)
        public = [case for case in found.get("cases", ()) if not case["hidden"]]
        return f"{name}: {sum(case['passed'] for case in public)}/{len(public)} public cases pass"

    def check(self, name: str) -> dict[str, Any]:
        """Run one. Raises KeyError for a name without a test."""
        source = self._tests[name]
        self._made.add(name)
        call = f"_heitu_check({source!r}, {name!r}, get_ipython().user_ns)"
        found = _reported(self._session.test(call, []))
        found.setdefault("name", name)
        self._found[found["name"]] = found
        self.has_hidden = self.has_hidden or any(case["hidden"] for case in found.get("cases", ()))
        return found

    def check_the_rest(self) -> None:
        """Those that the notebook didn't ask for."""
        for name in self._tests:
            if name not in self._made:
                self.check(name)

    def questions(self, notebook: str) -> list[Question]:
        """A question a check, in the order of the last ones."""
        return [_question(found, notebook) for found in self._found.values()]


def _question(found: dict[str, Any], notebook: str) -> Question:
    cases = [Case(str(c["name"]), bool(c["hidden"]), c["points"], bool(c["passed"])) for c in found.get("cases", ())]
    try:
        worth = points.resolve(found.get("points"), [case.points for case in cases])
    except points.BadPoints as error:
        return _broken(found, notebook, str(error))
    if "broken" in found:
        return _broken(found, notebook, found["broken"])
    earned = points.earned(cases, worth, all_or_nothing=bool(found.get("all_or_nothing")))
    most = sum(worth)
    why = "timeout" if found.get("timeout") else "passed" if earned >= most else "partial" if earned > 0 else "failed"
    return Question(
        str(found["name"]), notebook, decimal(earned), decimal(most), why, "otter", any(case.hidden for case in cases),
        (), tuple((case.name, case.passed, case.hidden) for case in cases),
    )


def _broken(found: dict[str, Any], notebook: str, why: str) -> Question:
    """The test file itself failed: a person looks."""
    return Question(str(found["name"]), notebook, None, decimal(0), "manual", "otter", True, ("test_file", why[:200]))


def _reported(result: Result) -> dict[str, Any]:
    """What `_heitu_check` gave back, by the words of a string's repr."""
    for output in result.outputs:
        if output["output_type"] == "execute_result":
            found: dict[str, Any] = json.loads(ast.literal_eval(output["data"]["text/plain"]))
            return found
    said = [f"{each['ename']}: {each['evalue']}" for each in result.outputs if each["output_type"] == "error"]
    return {"broken": "; ".join(said) or "no result", "timeout": result.timeout}


def _notebook(given: Mapping[str, bytes]) -> tuple[str, Notebook, list[str]]:
    notebooks = {name: data for name, data in given.items() if name.endswith(".ipynb")}
    if len(notebooks) != 1:
        zh, en = f"应交一个笔记本，收到 {len(notebooks)} 个", f"one notebook is to be handed in, there are {len(notebooks)}"
        raise Unreadable("notebooks", zh, en)
    ((name, data),) = notebooks.items()
    notebook, flags = reading.read(data)
    if reading.language(notebook) != "python":
        zh, en = "内核语言不是 Python", "the kernel's language isn't Python"
        raise Unreadable("language", zh, en)
    return name.rpartition("/")[2].removesuffix(".ipynb"), notebook, flags


def _is_ignored(cell: Cell) -> bool:
    tags, own = cell["metadata"].get("tags"), cell["metadata"].get("otter")
    return (isinstance(tags, list) and _IGNORE in tags) or (isinstance(own, dict) and bool(own.get("ignore")))


def _tests_of(cell: Cell) -> list[str]:
    """Checks that the cell's metadata asks for."""
    own = cell["metadata"].get("otter")
    tests = own.get("tests") if isinstance(own, dict) else None
    return [str(each) for each in tests] if isinstance(tests, list) else []
