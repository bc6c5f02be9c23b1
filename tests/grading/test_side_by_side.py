"""Many submissions beside each other, where the sandbox fails over one of them."""

from __future__ import annotations

import pytest

from heitu.engines.grading.grades import Graded
from heitu.engines.grading.grading import Submitted, side_by_side
from heitu.engines.sandbox.errors import SandboxFault


def test_a_fault_over_one_costs_nobody_else_a_result() -> None:
    def work(submitted: Submitted) -> Graded:
        if submitted.student == "2":
            raise SandboxFault("no room")
        return Graded(submitted.student, "lab")

    found: list[str] = []
    results = side_by_side([Submitted(str(n), {}) for n in range(4)], work, 4, None)
    with pytest.raises(SandboxFault, match="no room"):
        found.extend(each.student for each in results)
    assert sorted(found) == ["0", "1", "3"]
