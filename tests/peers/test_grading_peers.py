"""nbgrader 0.9.6 and otter-grader 7, each in its own environment, give the same scores, question by question."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from heitu.engines.grading import Graded, Limits, Nursery, Submitted, grade, open_assignment
from heitu.engines.grading.handing import Class
from tests.grading.building import answered, check, code, locked, notebook, solution, text
from tests.grading.conftest import desks
from tests.grading.otter_source import FUNCTIONS, SOURCE
from tests.peers import environments

__all__ = ["desks"]
SCRIPTS = Path(__file__).parent / "grading"
SECONDS = 1
NBGRADER = ("nbgrader==0.9.6", "numpy", "matplotlib")
OTTER = ("otter-grader==7.*", "ipykernel", "numpy")


@pytest.fixture(scope="module")
def nbgrader() -> Path:
    return environments.python_with("nbgrader", *NBGRADER)


@pytest.fixture(scope="module")
def otter() -> Path:
    return environments.python_with("otter", *OTTER)


def told(python: Path, script: str, *arguments: object) -> dict[str, Any]:
    command = [python, SCRIPTS / script, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr[-2000:] + done.stdout[-2000:]
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


SQUARES = """\
def squares(n):
    ### BEGIN SOLUTION
    if n < 1:
        raise ValueError('n')
    return [k * k for k in range(1, n + 1)]
    ### END SOLUTION"""
TEST_SQUARES = """\
assert squares(2) == [1, 4]
### BEGIN HIDDEN TESTS
try:
    squares(0)
except ValueError:
    pass
else:
    raise AssertionError
### END HIDDEN TESTS"""
CELLS = (
    code("import numpy as np"),
    locked("given", "def close(a, b):\n    return abs(a - b) < 1e-6\nLIMIT = 3"),
    solution("one", SQUARES),
    check("test-one", TEST_SQUARES, 2),
    solution("two", "def norm(v):\n    return np.sqrt((v ** 2).sum())"),
    check("test-two", "assert close(norm(np.array([3.0, 4.0])), 5.0)", 1.5),
    solution("three", "def cube(x):\n    return x ** 3"),
    check("partial", "points = 0.0\nfor k in range(1, 5):\n    points += 0.5 * (cube(k) == k ** 3)\npoints", 2),
    check("ends-in-bool", "cube(2) == 8", 1),
    check("negative", "cube(1) - 2", 1),
    check("text", "str(cube(1))", 3),
    check("nan", "float('nan') * cube(1)", 1),
    check("warns", "import warnings\nif cube(3) != 27:\n    warnings.warn('odd')", 1),
    text("Why?", grade_id="why", grade=True, solution=True, points=2),
    code("print(1)", grade_id="by-hand", grade=True, solution=True, points=2),
    text("Draw.", grade_id="task", task=True, locked=True, points=2),
)
RIGHT = {"one": CELLS[2]["source"], "two": CELLS[4]["source"], "three": CELLS[6]["source"]}
LOGS = "def cube(x):\n    print('hm')\n    import logging\n    logging.warning('w')\n    return x ** 3"
ANSWERS = {
    "right": {**RIGHT, "why": "Because.", "by_hand": "print(2)"},
    "partial": {
        "one": "def squares(n):\n    return [k * k for k in range(1, n + 1)]", "two": "def norm(v):\n    return float(input())",
        "three": "def cube(x):\n    return x ** 3 if x < 3 else 0",
    },
    "raises": {"one": "def squares(n):\n    raise TypeError", "two": "1/0\ndef norm(v): return 5.0", "three": LOGS},
    "endless": {"one": "while True:\n    pass", "two": CELLS[4]["source"]},
    "nothing": {},
}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course as nbgrader lays it out."""
    place = tmp_path_factory.mktemp("course")
    (place / "source" / "ps1").mkdir(parents=True)
    (place / "source" / "ps1" / "work.ipynb").write_bytes(notebook(CELLS))
    by = open_assignment(place / "source" / "ps1")
    for student, answers in ANSWERS.items():
        folder = place / "submitted" / student / "ps1"
        folder.mkdir(parents=True)
        (folder / "work.ipynb").write_bytes(answered(by, **answers))
    return place


def ours(place: Path, assignment: str, desks: Nursery, seconds: float = SECONDS) -> Iterator[Graded]:
    by = open_assignment(place / "source" / assignment)
    return grade(by, Class([place / "submitted"], assignment), nursery=desks, limits=Limits(seconds=seconds), put_back=False)


def by_question(graded: Graded) -> dict[str, float | None]:
    """As the other tells it: a task and what waits for a person have no automatic score."""
    return {f"{q.notebook}/{q.id}": None if q.earned is None else float(q.earned) for q in graded.questions}


def test_the_scores_are_nbgraders(course: Path, nbgrader: Path, desks: Nursery) -> None:
    theirs = told(nbgrader, "by_nbgrader.py", course, "ps1", SECONDS)
    assert theirs["failed"] == {}
    assert {each.student: by_question(each) for each in ours(course, "ps1", desks)} == theirs["scores"]


def test_the_scores_of_nbgraders_own_sample_are_nbgraders(nbgrader: Path, desks: Nursery, tmp_path: Path) -> None:
    (guide,) = nbgrader.parent.parent.glob("lib/python*/site-packages/nbgrader/docs/source/user_guide")
    for name in ("source/ps1", "submitted/bitdiddle/ps1", "submitted/hacker/ps1"):
        shutil.copytree(guide / name, tmp_path / name)
    theirs = told(nbgrader, "by_nbgrader.py", tmp_path, "ps1", 30)
    assert theirs["failed"] == {}
    assert {each.student: by_question(each) for each in ours(tmp_path, "ps1", desks, 30)} == theirs["scores"]


def test_our_students_version_is_nbgraders(course: Path, nbgrader: Path) -> None:
    """Cell by cell: sources and metadata, checksums among them. Follows the test that makes theirs."""
    if not (course / "release").exists():
        told(nbgrader, "by_nbgrader.py", course, "ps1", SECONDS)
    theirs = json.loads((course / "release" / "ps1" / "work.ipynb").read_bytes())["cells"]
    made = json.loads(open_assignment(course / "source" / "ps1").release())["cells"]
    assert [("".join(c["source"]), c["metadata"]) for c in made] == [("".join(c["source"]), c["metadata"]) for c in theirs]


def doctests(name: str, *cases: dict[str, Any], **more: Any) -> str:
    """An OK-format test file."""
    test = {"name": name, "suites": [{"cases": list(cases), "type": "doctest", "setup": "", "teardown": ""}], **more}
    return f"OK_FORMAT = True\ntest = {test!r}"


RAISES = ">>> mean([])\nTraceback (most recent call last):\n...\nValueError: empty"
BY_EXCEPTION = """\
from otter.test_files import test_case
OK_FORMAT = False
name = 'q4'
points = 3

@test_case(points=None, hidden=False)
def test_square(square):
    assert square(5) == 25

@test_case(points=1, hidden=True)
def test_env(env):
    assert env['x'] == 5
"""
TESTS = {
    "q1": doctests("q1", {"code": ">>> square(3)\n9", "hidden": False},
                   {"code": ">>> square(4) == 16\nTrue\n>>> print(square(2))\n4"}, points=None),
    "q2": doctests("q2", {"code": ">>> import numpy as np\n>>> bool(np.isclose(mean([1, 2]), 1.5))\nTrue", "hidden": False},
                   {"code": RAISES, "hidden": True}, points=[1, 2]),
    "q3": doctests("q3", {"code": ">>> x\n5", "points": 1}, {"code": ">>> y > 0\nTrue"}, points=4, all_or_nothing=True),
    "q4": BY_EXCEPTION,
    "q5": doctests("q5", {"code": ">>> draw\n41"}),
}
HEAD = code("import otter\ngrader = otter.Notebook('work.ipynb')\nimport numpy as np")
MEAN = "def mean(v):\n    if not v:\n        raise ValueError('empty')\n    return sum(v) / len(v)"
CHECK = code("grader.check('q1')")
OTTERS = {
    "right": [HEAD, code("def square(x):\n    return x * x"), CHECK, code(MEAN), code("grader.check('q2')"),
              code("x, y = 5, 1\nimport random\ndraw = random.randint(0, 100)")],
    "partial": [HEAD, code("def square(x):\n    return 9"), CHECK, code("def mean(v):\n    return sum(v) / len(v)"),
                code("x, y = 5, -1"), {**code("x = 7"), "metadata": {"tags": ["otter_ignore"]}}],
    "raises": [HEAD, code("def square(x):\n    return x * x"), code("1/0\nx = 5"), code("grader.check('nope')"),
               code("y = 2\nx = y")],
    "later": [HEAD, code("square = lambda x: 0"), CHECK, code("square = lambda x: x ** 2"), CHECK],
}


def test_the_scores_are_otters(otter: Path, desks: Nursery, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("otter_config.json", json.dumps({"seed": 7, "print_summary": False}))
        archive.writestr("run_autograder", "")
        for name, source in TESTS.items():
            archive.writestr(f"tests/{name}.py", source)
    (tmp_path / "autograder.zip").write_bytes(packed.getvalue())
    for student, cells in OTTERS.items():
        (tmp_path / f"{student}.ipynb").write_bytes(notebook(cells))
    paths = [tmp_path / f"{student}.ipynb" for student in OTTERS]
    theirs = told(otter, "by_otter.py", tmp_path / "autograder.zip", *paths)["scores"]
    by = open_assignment(tmp_path / "autograder.zip")
    class_ = [Submitted(path.stem, {path.name: path.read_bytes()}) for path in paths]
    found = grade(by, class_, nursery=desks, limits=Limits(seconds=5))
    mine = {each.student: {q.id: [float(q.earned or 0), float(q.maximum)] for q in each.questions} for each in found}
    assert mine == theirs


SECOND = [
    "def square(x):\n    return 9", "mean = lambda v: 1.5", "x = 4", "lines = open('data.txt').read().split()[:1]", "die = 7",
]


def test_the_scores_of_a_source_are_those_of_otter_assign(otter: Path, desks: Nursery, tmp_path: Path) -> None:
    """Their autograder is made from the source, ours is the source; the author's own solution is graded as well."""
    sources = [tmp_path / name / "work.ipynb" for name in ("doctests", "functions")]
    for source, cells in zip(sources, (SOURCE, FUNCTIONS), strict=True):
        (source.parent / "submitted").mkdir(parents=True)
        source.write_bytes(notebook(cells))
        (source.parent / "data.txt").write_text("a b")
    (sources[0].parent / "submitted" / "partial.ipynb").write_bytes(notebook([HEAD, *map(code, SECOND)]))
    theirs = told(otter, "by_otter_assign.py", *sources)
    for source in sources:
        paths = [source.parent / "made" / "autograder" / "work.ipynb", *(source.parent / "submitted").glob("*.ipynb")]
        class_ = [Submitted(path.stem, {path.name: path.read_bytes()}) for path in paths]
        found = grade(open_assignment(source), class_, nursery=desks, limits=Limits(seconds=5))
        mine = {each.student: {q.id: [float(q.earned or 0), float(q.maximum)] for q in each.questions} for each in found}
        assert mine == theirs[source.parent.name]
        assert all(earned == most for earned, most in mine["work"].values())
