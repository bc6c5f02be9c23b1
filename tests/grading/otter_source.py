"""A source notebook of otter assign with every kind of question, for tests."""

from __future__ import annotations

from typing import Any

from tests.grading.building import Cell, code, notebook, text


def raw(source: str) -> Cell:
    return {"cell_type": "raw", "source": source, "metadata": {}}


def said(source: str, output: str) -> Cell:
    """A test cell with what its last line is, as the author's kernel left it."""
    cell = code(source)
    result = {"output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {"text/plain": [output]}}
    return {**cell, "outputs": [result]}


def question(name: str, solution: list[Cell], tests: list[Cell], **config: Any) -> list[Cell]:
    settings = "".join(f"\n{key}: {value}" for key, value in config.items())
    head = [raw(f"# BEGIN QUESTION\nname: {name}{settings}"), text(f"Do **{name}**.")]
    tested = [raw("# BEGIN TESTS"), *tests, raw("# END TESTS")] if tests else []
    return [*head, raw("# BEGIN SOLUTION"), *solution, raw("# END SOLUTION"), *tested, raw("# END QUESTION")]


SQUARE = "def square(x):\n    # BEGIN SOLUTION\n    return x * x\n    # END SOLUTION"
CONFIGURED = '""" # BEGIN TEST CONFIG\nhidden: true\npoints: 2\n""" # END TEST CONFIG\nmean([2, 4]) == 3'
LINES = "total = 0\nfor n in [1, 2]:\n    if n > 1:\n        total += n\n    else:\n        total -= n\ntotal + x"
SOURCE = [
    raw("# ASSIGNMENT CONFIG\nrun_tests: false\nfiles:\n  - data.txt\ngenerate:\n  seed: 11"),
    text("# Sums\n\nRead everything first."),
    code("# IGNORE\nraise SystemExit"),
    *question("q1", [code(SQUARE)], [said("square(3)", "9"), said("# HIDDEN\nsquare(4) == 16", "True")], points=3),
    *question("q2", [code("mean = lambda v: sum(v) / len(v) # SOLUTION")], [said("mean([1, 2])", "1.5"), said(CONFIGURED, "True")]),
    *question("q3", [code("x = 5 # SOLUTION")], [said("x", "5"), said(LINES, "6")], points="[1, 3]", all_or_nothing="true"),
    *question("q4", [code("lines = open('data.txt').read().split() # SOLUTION")], [said("len(lines)", "2"), said("lines[0]", "'a'")],
              points="\n  each: 2"),
    *question("q5", [text("**Because**")], [], manual="true", points=2),
    text("```otter\n# BEGIN QUESTION\nname: q6\ncheck_cell: false\n```\nRoll a die.\n\n```otter\n# BEGIN SOLUTION\n```"),
    code("import random\ndie = random.randint(1, 6) # SOLUTION"), raw("# END SOLUTION"), raw("# BEGIN TESTS"),
    said("# TEST\n1 <= die <= 6", "True"), raw("# END TESTS"), raw("# END QUESTION"),
]
FUNCTIONS = [
    raw("# ASSIGNMENT CONFIG\nrun_tests: false\ntests:\n  ok_format: false"),
    *question("f1", [code(SQUARE)], [
        code("def test_small(square):\n    assert square(2) == 4"),
        code('""" # BEGIN TEST CONFIG\nhidden: true\npoints: 1.5\n""" # END TEST CONFIG\n'
             "def test_env(env):\n    assert env['square'](3) == 9\ntest_env({'square': square})"),
    ], points=2),
]


def source(cells: list[Cell]) -> bytes:
    return notebook(cells)
