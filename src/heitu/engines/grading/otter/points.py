"""How many points each case of a question is worth, and what a question earns.

The rules are otter-grader 7's (test_files/abstract_test.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Points = int | float


@dataclass(frozen=True)
class Case:
    """One case of a question, as it came out."""

    name: str
    hidden: bool
    points: Points | None
    passed: bool


class BadPoints(ValueError):
    """A question whose points don't add up."""


def resolve(total: object, given: Sequence[Points | None]) -> list[Points]:
    """Points of each case. `total` is a list of one a case, a number that the unspecified cases share, or None.

    Raises BadPoints.
    """
    if isinstance(total, list):
        if len(total) != len(given):
            raise BadPoints(f"{len(total)} points for {len(given)} cases")
        given, total = total, None
    if total is not None and not isinstance(total, int | float):
        raise BadPoints(f"points are {type(total).__name__}")
    if any(each is not None and type(each) not in (int, float) for each in given):
        raise BadPoints("points of a case that are no number")
    share = _share(total, [each for each in given if each is not None], sum(each is None for each in given))
    return [share if each is None else each for each in given]


def _share(total: Points | None, specified: list[Points], open_cases: int) -> Points:
    """Of each case that names no points: what is left of the total; of one point where nothing is worth anything."""
    if total is not None:
        if sum(specified) > total:
            raise BadPoints("the cases name more points than the question has")
        return (total - sum(specified)) / open_cases if open_cases else 0.0
    return 1 / open_cases if open_cases and not any(specified) else 0.0


def earned(cases: Sequence[Case], points: Sequence[Points], *, all_or_nothing: bool) -> Points:
    """What the question earns."""
    if all_or_nothing:
        return sum(points) if all(case.passed for case in cases) else 0
    return sum(each for case, each in zip(cases, points, strict=True) if case.passed)
