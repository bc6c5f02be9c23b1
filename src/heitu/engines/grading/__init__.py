"""Grades notebooks in nbgrader's and otter's formats, in the sandbox. A library and a command; knows no Django.

Names are loaded when first asked for.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from heitu.engines.grading.assignment import Assignment
    from heitu.engines.grading.faults import BrokenAssignment, Fault
    from heitu.engines.grading.grades import Graded, Question
    from heitu.engines.grading.grading import Progress, grade
    from heitu.engines.grading.handing import Submitted
    from heitu.engines.grading.opening import open_assignment
    from heitu.engines.sandbox.nursery import Nursery
    from heitu.engines.sandbox.side import Limits

_HOMES = {
    "Assignment": "assignment", "BrokenAssignment": "faults", "Fault": "faults", "Graded": "grades",
    "Progress": "grading", "Question": "grades", "Submitted": "handing", "grade": "grading",
    "open_assignment": "opening",
}
_SHARED = {"Limits": "side", "Nursery": "nursery"}

__all__ = [
    "Assignment", "BrokenAssignment", "Fault", "Graded", "Limits", "Nursery", "Progress", "Question", "Submitted",
    "grade", "open_assignment",
]


def __getattr__(name: str) -> Any:
    if name in _SHARED:
        return getattr(importlib.import_module(f"heitu.engines.sandbox.{_SHARED[name]}"), name)
    if name not in _HOMES:
        raise AttributeError(name)
    return getattr(importlib.import_module(f"heitu.engines.grading.{_HOMES[name]}"), name)
