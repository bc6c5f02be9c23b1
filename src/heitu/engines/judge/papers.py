"""A model task's data: trusted code that makes, for each run, what the model may see and the answers it may not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes
from heitu.engines.judge.cases import Case, Inputs, broken, function, guarded
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.task import Model, Task

SEED = "seed"  # the input that is a number of the run


@dataclass(frozen=True)
class Paper:
    """One run: the entry's arguments in the declared order, and the answers, of which the first rows are public."""

    inputs: Inputs
    answers: Array
    public_rows: int


class Papers:
    """A task's `data.py`, loaded. Every fault of the task's code is a BrokenTask."""

    def __init__(self, task: Task, seed: int) -> None:
        assert isinstance(task.spec, Model)
        self.task, self.seed = task, seed
        self.spec: Model = task.spec
        self._data = function(task.folder / "data.py", "data")

    def dtypes(self, case: Case) -> list[str]:
        """The dtype of the predictions, as a session wants to know it."""
        return [self.spec.prediction]

    def paper(self, run: int) -> Paper:
        """The data of a run, other data for each; equal for equal seeds."""
        made = guarded(self.task, f"data of run {run}", lambda: self._data(np.random.default_rng([self.seed, 1, run])))
        if not isinstance(made, Mapping):
            raise broken(
                self.task, "data.py：data(rng) 须返回由数组组成的字典", "data.py: data(rng) must return a mapping of arrays"
            )
        answers = self._array(made, self.spec.answer)
        if answers.ndim != 1 or len(answers) < 2:
            raise broken(
                self.task, f"data.py：{self.spec.answer} 须每行一个值，且至少两行",
                f"data.py: {self.spec.answer} must have one entry a row, and two rows at least",
            )
        inputs: dict[str, Any] = {
            each.name: self.run_seed(run) if each.name == SEED else self._array(made, each.name)
            for each in self.spec.inputs
        }
        public = min(max(round(len(answers) * self.spec.public_share), 1), len(answers) - 1)
        return Paper(inputs, answers, public)

    def run_seed(self, run: int) -> int:
        """What the entry gets as `seed`."""
        return int(np.random.default_rng([self.seed, 5, run]).integers(1 << 31))

    def _array(self, made: Mapping[str, Any], name: str) -> Array:
        value = made.get(name)
        if not isinstance(value, np.ndarray) or value.dtype.name not in dtypes.NAMES:
            raise broken(self.task, f"data.py：{name} 须为已知 dtype 的数组", f"data.py: {name} must be an array of a known dtype")
        return value
