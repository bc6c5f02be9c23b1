"""The rules on points, and whose names are whose: pure functions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.grading import bindings, scoring
from heitu.engines.grading.otter import points
from heitu.engines.grading.otter.points import Case

from .building import check, code, locked, solution

ERROR = {"output_type": "error", "ename": "E", "evalue": "", "traceback": []}
WARNED = {"output_type": "stream", "name": "stderr", "text": "careful"}
SAID = {"output_type": "stream", "name": "stdout", "text": "hello"}


def result(said: str) -> dict[str, Any]:
    return {"output_type": "execute_result", "data": {"text/plain": said}, "metadata": {}}


# outputs → earned, flag, earned when strict; of 4 points.
MARKS = [
    ([], 4, "", 4), ([SAID], 4, "", 4), ([ERROR], 0, "", 0), ([WARNED], 0, "", 0), ([SAID, result("2.5")], 2.5, "", 2.5),
    ([result("0")], 0, "", 0), ([result("3"), ERROR], 3, "", 3), ([ERROR, result("3")], 0, "", 0),
    ([result("True")], 4, "result_is_text", 0), ([result("[1]")], 4, "result_is_text", 0),
    ([result("nan")], 4, "result_is_nan", 0), ([result("-1")], 4, "result_is_negative", 0),
    ([result("5")], None, "result_above_maximum", 0), ([result("1e0")], 1, "", 1),
]


@pytest.mark.parametrize(("outputs", "earned", "flag", "strict"), MARKS)
def test_marks(outputs: list[dict[str, Any]], earned: float | None, flag: str, strict: float) -> None:
    found = scoring.mark(outputs, 4.0, strict=False)
    assert (found.earned, found.flag) == (None if earned is None else Decimal(str(earned)), flag)
    assert scoring.mark(outputs, 4.0, strict=True).earned == Decimal(str(strict))


@given(st.decimals(0, 100, places=2), st.decimals(-50, 200, places=2))
def test_a_penalty_neither_gives_nor_takes_more_than_there_is(score: Decimal, penalty: Decimal) -> None:
    assert 0 <= scoring.after_penalty(score, penalty) <= score


POINTS = [
    (None, [None, None], [0.5, 0.5]), (None, [None, 3], [0, 3]), (4, [None, None], [2, 2]), (4, [1, None, None], [1, 1.5, 1.5]),
    ([1, 2], [None, None], [1, 2]), (None, [0, None], [0, 1]), (0, [None], [0]), (3, [1, 2], [1, 2]),
]


@pytest.mark.parametrize(("total", "given_", "wanted"), POINTS)
def test_otter_points(total: Any, given_: list[Any], wanted: list[float]) -> None:
    assert points.resolve(total, given_) == wanted


@pytest.mark.parametrize(("total", "given_"), [([1], [None, None]), ("x", [None]), (1, [2, None]), (None, ["x"])])
def test_otter_points_that_do_not_add_up(total: Any, given_: list[Any]) -> None:
    with pytest.raises(points.BadPoints):
        points.resolve(total, given_)


def test_all_or_nothing() -> None:
    cases = [Case("a", False, None, True), Case("b", True, None, False)]
    assert points.earned(cases, [1, 2], all_or_nothing=True) == 0
    assert points.earned(cases, [1, 2], all_or_nothing=False) == 1


def test_whose_names_are_whose() -> None:
    found = bindings.find([
        code("%matplotlib inline\nimport numpy as np\nfrom math import sqrt as root\nimport os.path\ndata = [1]"),
        locked("given", "LIMIT = np.pi\ndef close(a, b):\n    return abs(a - b) < LIMIT\nclass Node:\n    pass\n"
               "made = answer(3)\nother = made + 1\nsmall = [q for q in range(3)]"),
        solution("work", "import re\ndef answer(x):\n    inner = 1\n    return x\nlater = 2"),
        check("tests", "result = answer(1)\nunread = 2\nassert result"),
        solution("more", "final = result + 1"),
    ])
    assert found.imports == {"np": ["numpy"], "root": ["math", "sqrt"], "os": ["os"], "re": ["re"]}
    assert found.theirs >= {"answer", "later", "data", "Node", "made", "other", "final"}
    assert "close" in found.locked["given"]
    assert "LIMIT" in found.locked["given"]
    assert "small" in found.locked["given"]
    assert "made" not in found.locked["given"]
    assert "Node" not in found.locked["given"]
    assert found.exports == {"tests": ["result"]}
    assert {"numpy", "os.path", "math", "re"} <= set(found.modules)
