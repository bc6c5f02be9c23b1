"""`heitu grade`: a class on disk, bad files in it, and what is written."""

from __future__ import annotations

import csv
import io
import json
import re
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from heitu.engines.grading import Nursery
from heitu.engines.grading import command as module
from heitu.engines.sandbox.errors import SandboxFault

from .building import answered, assignment, check, code, notebook, solution, text

COMMAND = module.command


@pytest.fixture
def course(tmp_path: Path, desks: Nursery) -> Path:
    """nbgrader's layout: one assignment, and a class with every kind of bad file in it."""
    cells = (
        code("rows = open('data.csv').read().split()"), solution("answer", "def f():\n    return len(rows)"),
        check("tests", "assert f() == 2\n### BEGIN HIDDEN TESTS\nassert f() != 0\n### END HIDDEN TESTS", 2),
        text("Why?", grade_id="why", grade=True, solution=True, points=3),
    )
    by = assignment(*cells)
    source = tmp_path / "source" / "ps1"
    source.mkdir(parents=True)
    (source / "work.ipynb").write_bytes(notebook(cells))
    (source / "data.csv").write_text("a b")
    good = answered(by, answer="def f():\n    return len(rows)", why="Because.")
    given = {
        "ada": good, "bo": answered(by, answer="def f():\n    return 3"), "chen": b"not a notebook", "dan": good.decode().encode("utf-16"),
        "eve": notebook([code("1")], kernelspec={"name": "ir", "language": "R"}), "fay": b'{"nbformat": 4, "cells": []}',
    }
    for student, data in given.items():
        place = tmp_path / "submitted" / student / "ps1"
        place.mkdir(parents=True)
        (place / "work.ipynb").write_bytes(data)
    (tmp_path / "submitted" / "gus" / "ps1").mkdir(parents=True)
    (tmp_path / "submitted" / "ada" / "ps1" / "timestamp.txt").write_text("2026-11-26 10:00:00 UTC")
    return tmp_path


def test_a_class_with_bad_files_in_it(course: Path) -> None:
    out = course / "out"
    done = CliRunner().invoke(COMMAND, [
        str(course / "source" / "ps1"), str(course / "submitted"), "--json", "--csv", str(course / "all.csv"),
        "--feedback", str(out / "feedback"), "--write-back", str(out), "--workers", "2",
    ])
    assert done.exit_code == 0, done.output
    found = {row["student"]: row for row in map(json.loads, done.stdout.splitlines())}
    earned = {name: [q["earned"] for q in row["questions"]] for name, row in found.items()}
    assert earned == {
        "ada": [2.0, None], "bo": [0.0, 0.0], "chen": [0.0, 0.0], "dan": [2.0, None], "eve": [0.0, 0.0],
        "fay": [0.0, 0.0], "gus": [0.0, 0.0],
    }
    assert {name: row["refused"]["code"] for name, row in found.items() if row["refused"]} == {
        "chen": "not_json", "eve": "language", "gus": "not_submitted",
    }
    assert found["dan"]["flags"] == ["encoding:utf-16"]
    _check_files(out, course)


def _check_files(out: Path, course: Path) -> None:
    rows = {row["student_id"]: row for row in csv.DictReader(io.StringIO((out / "grades.csv").read_text()))}
    assert (rows["ada"]["raw_score"], rows["ada"]["max_score"], rows["ada"]["timestamp"][:4]) == ("2.0", "5.0", "2026")
    ran = json.loads((out / "autograded" / "ada" / "ps1" / "work.ipynb").read_bytes())
    assert [cell["metadata"].get("heitu", {}).get("earned") for cell in ran["cells"]] == [None, None, 2.0, None]
    page = (out / "feedback" / "bo.html").read_text()
    assert '<span class="k">return</span>' in page
    page = re.sub("<[^>]+>", "", page)
    assert "f() == 2" in page
    assert "f() != 0" not in page
    assert len(list(csv.DictReader(io.StringIO((course / "all.csv").read_text("utf-8-sig"))))) == 14


def test_one_students_folder_is_the_students_and_the_marks_are_explained(course: Path) -> None:
    done = CliRunner().invoke(COMMAND, [str(course / "source" / "ps1"), str(course / "submitted" / "ada")])
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("ada ")
    assert "a person has to mark it" in done.stdout
    assert "students' version" not in done.stdout


def test_the_students_version_as_the_assignment_is_pointed_out(course: Path) -> None:
    CliRunner().invoke(COMMAND, [str(course / "source" / "ps1"), "--release", str(course / "release" / "ps1")])
    done = CliRunner().invoke(COMMAND, [str(course / "release" / "ps1"), str(course / "submitted" / "bo")])
    assert "the assignment's own solution fails tests: mend it (is it the students' version?)" in done.stdout


def test_where_the_parent_of_all_is_gone_nobody_waits_for_a_turn_for_ever(desks: Nursery) -> None:
    with Nursery("numpy") as gone:
        pass

    def ask() -> None:
        with pytest.raises(SandboxFault):
            gone.order({}, [])

    turns = [threading.Thread(target=ask, daemon=True) for _ in range(2)]
    for each in turns:
        each.start()
    for each in turns:
        each.join(timeout=20)
    assert not any(each.is_alive() for each in turns)


def test_a_broken_source_lists_its_faults_and_grades_nothing(tmp_path: Path) -> None:
    bad = tmp_path / "bad.ipynb"
    bad.write_bytes(notebook([solution("a", "1"), solution("a", "2"), code("x", grade_id="t", grade=True, locked=True)]))
    done = CliRunner().invoke(COMMAND, [str(bad), str(bad), "--json"])
    assert done.exit_code == 2
    faults = json.loads(done.stdout)["faults"]
    assert [(fault["cell"], fault["code"]) for fault in faults] == [(3, "points"), (1, "duplicate"), (2, "duplicate")]


def test_a_release_is_written(course: Path) -> None:
    done = CliRunner().invoke(COMMAND, [str(course / "source" / "ps1"), "--release", str(course / "release")])
    assert done.exit_code == 0, done.output
    assert "f() != 0" not in (course / "release" / "work.ipynb").read_text()
    assert (course / "release" / "data.csv").read_text() == "a b"
