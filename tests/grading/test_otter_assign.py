"""Sources of otter assign: what is read of them, and what is wrong with them, all at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from heitu.engines.grading import open_assignment
from heitu.engines.grading.faults import BrokenAssignment
from heitu.engines.grading.otter.reading import OtterAssignment
from tests.grading.building import code, notebook
from tests.grading.otter_source import SOURCE, question, raw, said


def read(place: Path, *cells: object) -> OtterAssignment:
    (place / "work.ipynb").write_bytes(notebook(cells))  # type: ignore[arg-type]
    found = open_assignment(place / "work.ipynb")
    assert isinstance(found, OtterAssignment)
    return found


def test_a_source_is_an_autograder_with_its_files_and_its_seed(tmp_path: Path) -> None:
    (tmp_path / "data.txt").write_text("a b")
    (tmp_path / "other.txt").write_text("not asked for")
    found = read(tmp_path, *SOURCE)
    assert found.files == {"data.txt": b"a b"}
    assert found.config == {"seed": 11}
    assert sorted(found.tests) == [f"tests/{name}.py" for name in ("q1", "q2", "q3", "q4", "q6")]


def test_a_seed_variable_is_overridden(tmp_path: Path) -> None:
    config = raw("# ASSIGNMENT CONFIG\nseed:\n  variable: rng_seed\n  autograder_value: 3\n  student_value: 4")
    found = read(tmp_path, config, *question("q", [code("x = 1 # SOLUTION")], [said("x", "1")]))
    assert found.config == {"seed": 3, "seed_variable": "rng_seed"}


def test_every_fault_of_a_source_is_told_at_once(tmp_path: Path) -> None:
    cells = [
        raw("# ASSIGNMENT CONFIG\nfiles: [../secret, gone.csv]\nplugins: [x]"), raw("# END TESTS"), raw("# BEGIN SOLUTION"),
        raw("# END SOLUTION"), *question("", [], [said("x", "1")]), *question("twice", [], [said("x", "1")], points="[1, 2]"),
        *question("odd", [], [code("x ="), {**code(""), "cell_type": "markdown", "source": "no code"}]), raw("# BEGIN QUESTION\nname: [a"),
    ]
    (tmp_path / "secret").write_text("")
    folder = tmp_path / "source"
    folder.mkdir()
    with pytest.raises(BrokenAssignment) as refused:
        read(folder, *cells)
    assert {each.code for each in refused.value.faults} == {"block", "name", "points", "test_cell", "config", "no_file", "plugins"}
    assert all(each.zh and each.en for each in refused.value.faults)
    assert [each.en for each in refused.value.faults if each.code == "no_file"] == [
        f"the file {name} of the configuration isn't there" for name in ("../secret", "gone.csv")
    ]


def test_one_source_at_a_time(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.ipynb").write_bytes(notebook(SOURCE))
    with pytest.raises(BrokenAssignment, match="1 faults"):
        open_assignment(tmp_path)
