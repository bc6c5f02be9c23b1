"""Submissions that change the notebook instead of the answer."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from .building import Cell, check, code, named

TESTS = ("test-mean", "test-cube", "test-median")
Change = Callable[[list[Cell]], Any]


def test_edited(cells: list[Cell]) -> None:
    for name in TESTS:
        named(cells, name)["source"] = "5.0"


def test_deleted(cells: list[Cell]) -> list[Cell]:
    return [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("grade_id") not in TESTS]


def test_retyped(cells: list[Cell]) -> None:
    for name in TESTS:
        cell = named(cells, name)
        cell["cell_type"] = "markdown"
        del cell["outputs"], cell["execution_count"]


def test_copied(cells: list[Cell]) -> list[Cell]:
    return [*cells, *(check(name, "pass", 100) for name in TESTS)]


def test_unmarked(cells: list[Cell]) -> None:
    for name in TESTS:
        named(cells, name)["metadata"]["nbgrader"].update(grade=False, locked=False)
        named(cells, name)["source"] = "pass"


def points_raised(cells: list[Cell]) -> None:
    for name in ("test-squares", *TESTS):
        named(cells, name)["metadata"]["nbgrader"]["points"] = 1000


def test_called_a_solution(cells: list[Cell]) -> None:
    for name in TESTS:
        named(cells, name)["metadata"]["nbgrader"].update(solution=True)
        named(cells, name)["source"] = "pass"


def helper_edited(cells: list[Cell]) -> None:
    named(cells, "helper")["source"] = "def close(a, b):\n    return True"


def outputs_forged(cells: list[Cell]) -> None:
    result = {"output_type": "execute_result", "data": {"text/plain": "5.0"}, "metadata": {}, "execution_count": 1}
    for name in TESTS:
        named(cells, name)["outputs"] = [copy.deepcopy(result)]


def tests_of_its_own(cells: list[Cell]) -> list[Cell]:
    return [*cells, check("bonus", "100.0", 100), code("100.0")]


CHANGES: dict[str, Change] = {
    change.__name__: change
    for change in (
        test_edited, test_deleted, test_retyped, test_copied, test_unmarked, points_raised, test_called_a_solution,
        helper_edited, outputs_forged, tests_of_its_own,
    )
}
