"""Reading, checking, releasing and restoring notebooks in nbgrader's format."""

from __future__ import annotations

import json

import pytest

from heitu.engines.grading import Assignment, BrokenAssignment, marks, reading
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.restoring import restore

from .building import answered, assignment, changed, check, code, locked, named, notebook, solution, text

SIMPLE = (
    code("import math"),
    locked("given", "LIMIT = 3"),
    solution("answer", "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION"),
    check("tests", "assert f(1) == 1\n### BEGIN HIDDEN TESTS\nassert f(2) == 2\n### END HIDDEN TESTS", 2),
    text("Why?", grade_id="why", grade=True, solution=True, points=3),
    text("Do it.\n### BEGIN MARK SCHEME\nAll of it.\n### END MARK SCHEME", grade_id="task", task=True, points=4, locked=True),
)


def test_a_release_has_neither_solutions_nor_hidden_tests() -> None:
    made, _ = reading.read(assignment(*SIMPLE).release())
    sources = "\n".join(cell["source"] for cell in made["cells"])
    assert "return x" not in sources
    assert "f(2)" not in sources
    assert "All of it" not in sources
    assert named(made["cells"], "answer")["source"] == "def f(x):\n    # YOUR CODE HERE\n    raise NotImplementedError()"
    assert named(made["cells"], "why")["source"] == "YOUR ANSWER HERE"
    assert all(marks.of(c)["checksum"] == marks.checksum(c) for c in made["cells"] if marks.has_role(c))
    assert named(made["cells"], "tests")["metadata"]["editable"] is False


def test_all_faults_are_listed_with_their_cells() -> None:
    cells = [
        solution("a", "### BEGIN SOLUTION\n### BEGIN SOLUTION\n1"),
        solution("a", "x"),
        code("assert 1", grade_id="t", grade=True, locked=True),
        code("assert 1\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS"),
        text("why", grade_id="w", grade=True, points=1),
        text("why", grade_id="v", solution=True),
        code("x", grade_id="odd id", locked=True),
        code("x", grade_id="task", task=True, points=1),
        check("neg", "x", -1),
        code("x", grade_id="old", solution=True, schema_version=9),
        code("x", grade_id="p", locked=True, points=1),
        code("### AUTOTEST f(1)", grade_id="auto", grade=True, points=1),
    ]
    with pytest.raises(BrokenAssignment) as caught:
        Assignment.from_source(notebook(cells, kernelspec={"name": "ir", "language": "R"}), "bad")
    found = {(fault.cell, fault.code) for fault in caught.value.faults}
    assert found == {
        (0, "language"), (1, "nested"), (1, "unclosed"), (1, "duplicate"), (2, "duplicate"), (3, "points"),
        (4, "misplaced"), (5, "answer_missing"), (6, "grade_missing"), (7, "grade_id"), (8, "task_type"), (9, "points"),
        (10, "schema"), (11, "not_graded"), (12, "autotest"),
    }
    assert all(fault.zh and fault.en for fault in caught.value.faults)


def test_old_metadata_is_upgraded() -> None:
    old = notebook([
        code("x", **{}), {**code("def f(): return 1"), "metadata": {"nbgrader": {"grade_id": "a", "solution": True}}},
        {**code("assert f() == 1"), "metadata": {"nbgrader": {"grade_id": "t", "grade": True, "points": "2", "extra": 1}}},
        {**code("y"), "metadata": {"nbgrader": {}}},
    ])
    source = Assignment.from_source(old, "old").sources["old"]
    assert source.cells["t"].maximum == 2
    assert marks.of(source.cells["t"].cell)["schema_version"] == 3
    assert "extra" not in marks.of(source.cells["t"].cell)
    assert len(source.cells) == 2


def test_what_is_locked_comes_back() -> None:
    by = assignment(*SIMPLE)
    source = by.sources["work"]

    def meddle(cells: list[dict[str, object]]) -> None:
        named(cells, "given")["source"] = "LIMIT = 100"
        named(cells, "tests")["source"] = "pass"
        named(cells, "tests")["metadata"]["nbgrader"].update(points=99, grade=False)
        named(cells, "why")["cell_type"] = "raw"

    whole = restore(changed(by.release(), meddle), source)
    cells = whole.notebook["cells"]
    assert named(cells, "given")["source"] == "LIMIT = 3"
    assert "f(2)" in named(cells, "tests")["source"]
    assert marks.points(named(cells, "tests")) == 2
    assert named(cells, "why")["cell_type"] == "markdown"
    assert "metadata:tests" in whole.flags


def test_missing_and_doubled_cells() -> None:
    by = assignment(*SIMPLE)
    gone = changed(by.release(), lambda cells: [c for c in cells if c["metadata"].get("nbgrader", {}).get("grade_id") != "tests"])
    whole = restore(gone, by.sources["work"])
    ids = [marks.grade_id(cell) for cell in whole.notebook["cells"]]
    assert ids.index("tests") == ids.index("answer") + 1
    assert whole.missing == ["tests"]
    assert "tests" not in [marks.grade_id(c) for c in restore(gone, by.sources["work"], put_back=False).notebook["cells"]]
    twice = changed(by.release(), lambda cells: [*cells, solution("answer", "def f(x):\n    return 7"), solution("strange", "1")])
    whole = restore(twice, by.sources["work"])
    assert [c["source"] for c in whole.notebook["cells"] if marks.grade_id(c) == "answer"] == ["def f(x):\n    return 7"]
    assert {"duplicate:answer", "unknown:strange"} <= set(whole.flags)


BAD = {
    "not_json": b"hello", "not_a_notebook": b"[1]", "nbformat": b'{"nbformat": 3, "worksheets": []}',
    "no_cells": b'{"nbformat": 4, "metadata": {}}', "cell_type": b'{"nbformat": 4, "cells": [{"cell_type": "odd"}]}',
    "encoding": b'\xff\xfe\x00', "not_json ": b"",
}


@pytest.mark.parametrize("code_", BAD)
def test_what_is_no_notebook_is_refused_with_the_reason(code_: str) -> None:
    with pytest.raises(Unreadable) as caught:
        reading.read(BAD[code_])
    assert caught.value.code == code_.strip()
    assert caught.value.zh
    assert caught.value.en


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "gb18030", "gbk"])
def test_foreign_encodings_are_read(encoding: str) -> None:
    made = json.dumps({"cells": [{"cell_type": "markdown", "source": ["答案：", "是"]}], "nbformat": 4}, ensure_ascii=False)
    found, flags = reading.read(made.encode(encoding))
    assert found["cells"][0]["source"] == "答案：是"
    assert any(flag.startswith("encoding") for flag in flags) == (not encoding.startswith("utf-8"))
    assert "no_metadata" in flags


def test_half_a_character_becomes_a_question_mark_and_stops_nobody() -> None:
    made = '{"nbformat": 4, "metadata": {"\\ud800": 1}, "cells": [{"cell_type": "markdown", "source": "a\\ud800b \\ud83d\\ude00"}]}'
    found, _ = reading.read(made.encode())
    assert found["cells"][0]["source"] == "a?b 😀"
    assert reading.written(found).decode()


def test_names_out_of_strangers_files_can_stand_in_a_report() -> None:
    assert reading.printable("total\0\n") == "total??"
    with pytest.raises(Unreadable, match="language"):
        reading.insist_on_language({"metadata": {"kernelspec": {"language": "R\0"}}})


def test_large_outputs_are_dropped() -> None:
    cell = {**code("1"), "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 50_000_000}]}
    found, _ = reading.read(notebook([cell]))
    assert found["cells"][0]["outputs"] == []


def test_another_language_is_refused() -> None:
    by = assignment(*SIMPLE)
    with pytest.raises(Unreadable) as caught:
        restore(notebook([code("1")], kernelspec={"name": "ir", "language": "R"}), by.sources["work"])
    assert caught.value.code == "language"


def test_the_release_reads_as_an_answer() -> None:
    by = assignment(*SIMPLE)
    data = answered(by, answer="def f(x):\n    return x")
    assert json.loads(data)["nbformat"] == 4
