"""Every lab of the pack's courses: solved it earns all that a machine can give, untouched it earns nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
import yaml

from heitu.engines.grading import Assignment, Graded, Limits, Nursery, Submitted, grade

COURSES = Path(__file__).parents[2] / "packs" / "ascend" / "courses"


@dataclass(frozen=True)
class Lab:
    notebook: Path
    toolchain: str
    seconds: float


def _labs() -> Iterator[Lab]:
    for told in sorted(COURSES.glob("*/course.yaml")):
        for lab in yaml.safe_load(told.read_text(encoding="utf-8"))["labs"]:
            yield Lab(told.parent / "labs" / lab["id"] / f"{lab['id']}.ipynb", lab["toolchain"], lab["seconds"])


LABS = list(_labs())
# Those in MindSpore take minutes: `./dev bench labs` grades all of them.
OWN = [lab for lab in LABS if lab.toolchain == "numpy"]


def named(lab: Lab) -> str:
    return lab.notebook.stem


def _is_fair(lab: Lab, nursery: Nursery) -> None:
    data = lab.notebook.read_bytes()
    assignment = Assignment.from_source(data, lab.notebook.stem)
    given = [Submitted("solved", {"work.ipynb": data}), Submitted("untouched", {"work.ipynb": assignment.release()})]
    found = {each.student: each for each in grade(assignment, given, nursery=nursery, limits=Limits(seconds=lab.seconds))}
    solved, untouched = by_machine(found["solved"]), by_machine(found["untouched"])
    assert solved, "a lab grades something by itself"
    assert {name: earned for name, (earned, most) in solved.items() if earned < most} == {}
    assert {name: earned for name, (earned, _) in untouched.items() if earned > 0} == {}


def by_machine(graded: Graded) -> dict[str, tuple[Decimal, Decimal]]:
    """Points and maximum of what no person has to mark."""
    rows = [each for each in graded.questions if each.earned is not None and each.why != "no_response"]
    return {each.id: (each.earned, each.maximum) for each in rows if each.earned is not None}


@pytest.mark.parametrize("lab", OWN, ids=named)
def test_a_lab_is_fair(lab: Lab, desks: Nursery) -> None:
    _is_fair(lab, desks)
