"""Fixtures of the grading's tests: one warm zygote that has IPython."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from heitu.engines.grading import Assignment, Graded, Limits, Nursery, Submitted, grade
from heitu.engines.sandbox.errors import LayersMissing
from tests.judge.conftest import absent

Grade = Callable[..., Graded]


@pytest.fixture(scope="session")
def desks() -> Iterator[Nursery]:
    try:
        with Nursery("notebook") as entered:
            yield entered
    except LayersMissing as error:
        absent(f"no full sandbox here: {error.en}")


@pytest.fixture
def graded(desks: Nursery) -> Grade:
    """Grade one notebook, with short limits."""

    def run(by: Assignment, data: bytes, *, seconds: float = 5.0, **options: object) -> Graded:
        submitted = [Submitted("ada", {"work.ipynb": data})]
        (found,) = grade(by, submitted, nursery=desks, limits=Limits(seconds=seconds), **options)  # type: ignore[arg-type]
        return found

    return run
