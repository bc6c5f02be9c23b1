"""Notebooks with a framework: IPython of our own environment in the framework's interpreter, tensors as values."""

from __future__ import annotations

from pathlib import Path

import pytest

from heitu.engines.grading import Limits, Nursery, Submitted, grade
from tests.judge.conftest import toolchains

from .building import answered, assignment, check, code, solution

__all__ = ["toolchains"]
LABS = {
    "mindspore-notebook": (
        "import mindspore as ms\nimport numpy as np\nfrom mindspore import Tensor, nn, ops",
        "def f(x):\n    return ops.relu(x) + 1\nclass Net(nn.Cell):\n    def __init__(self):\n        super().__init__()\n"
        "        self.dense = nn.Dense(2, 3)\n    def construct(self, x):\n        return self.dense(x)",
        "y = f(Tensor(np.array([-1.0, 2.0], np.float32)))\nassert np.allclose(y.asnumpy(), [1, 3])\n"
        "assert Net()(Tensor(np.ones((1, 2), np.float32))).shape == (1, 3)",
    ),
    "torch-notebook": (
        "import torch", "def f(x):\n    return torch.relu(x) + 1",
        "assert torch.allclose(f(torch.tensor([-1.0, 2.0])), torch.tensor([1.0, 3.0]))",
    ),
}


@pytest.mark.parametrize("name", LABS)
def test_a_lab_in_a_framework(toolchains: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("HEITU_TOOLCHAINS", str(toolchains))
    head, answer, tests = LABS[name]
    by = assignment(code(head), solution("answer", answer), check("tests", tests))
    class_ = [
        Submitted("right", {"work.ipynb": answered(by, answer=answer)}),
        Submitted("wrong", {"work.ipynb": answered(by, answer=answer.replace("+ 1", "+ 2"))}),
    ]
    with Nursery(name) as nursery:
        found = {each.student: each for each in grade(by, class_, nursery=nursery, limits=Limits(memory_mb=3000))}
    said = [o for each in found.values() for ran in each.ran for cell in ran.notebook["cells"] for o in cell.get("outputs", ())]
    assert {name: (each.earned, each.questions[0].flags) for name, each in found.items()} == {
        "right": (1, ()), "wrong": (0, ()),
    }, said
