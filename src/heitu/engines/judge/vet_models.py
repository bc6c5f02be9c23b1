"""Vetting a model task: is its data steady, does it give its answers away, does nonsense pass, can honest work pass?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from heitu.engines.judge.apart import PapersApart
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.judging import judge
from heitu.engines.judge.metrics import METRICS
from heitu.engines.judge.papers import Paper
from heitu.engines.judge.task import Model, Task
from heitu.engines.judge.verdict import ACCEPTED


def faults_of_model(task: Task, seed: int, allow_missing: Iterable[str]) -> list[str]:
    """One line a fault; none when the task may be published. Raises BrokenTask where its data can't be made."""
    assert isinstance(task.spec, Model)
    with PapersApart(task, seed) as papers, PapersApart(task, seed) as anew:
        paper, again = papers.paper(0), anew.paper(0)
    faults = [*_unsteady(paper, again), *_given_away(paper), *_accepts(task.spec, paper)]
    return faults or _out_of_reach(task, seed, allow_missing)


def _unsteady(paper: Paper, again: Paper) -> list[str]:
    values = [*paper.inputs.values(), paper.answers], [*again.inputs.values(), again.answers]
    same = all(np.asarray(a).tobytes() == np.asarray(b).tobytes() for a, b in zip(*values, strict=True))
    return [] if same else ["data.py: not the same data at the same seed"]


def _given_away(paper: Paper) -> Iterator[str]:
    """Inputs of the test rows in which a column is the answer itself."""
    for name, value in paper.inputs.items():
        if not isinstance(value, np.ndarray) or len(value) != len(paper.answers) or value.size > 1 << 24:
            continue
        columns = value.reshape(len(value), -1).T
        if any(np.array_equal(column, paper.answers) for column in columns):
            yield f"data.py: {name} holds the answers"


def _accepts(spec: Model, paper: Paper) -> Iterator[str]:
    metric = METRICS[spec.metric.name]
    for name, predictions in _nonsense(paper.answers).items():
        value = metric.of(paper.answers, predictions)
        if metric.meets(value, spec.metric.threshold):
            yield f"accepts {name}: {metric.name} {value:.4g}, threshold {spec.metric.threshold:g}"


def _nonsense(answers: Array) -> dict[str, Array]:
    """Predictions that took no learning."""
    labels, counts = np.unique(answers, return_counts=True)
    shuffled = np.random.default_rng(0).permutation(answers)
    usual = labels[counts.argmax()]
    return {
        "zeros": np.zeros_like(answers), "the most frequent answer": np.full_like(answers, usual),
        "the mean": np.full(answers.shape, answers.mean()), "the answers in another order": shuffled,
        "the previous answer": np.roll(answers, 1), "the answers in rising order": np.sort(answers),
        "the answers in falling order": np.sort(answers)[::-1], "each answer in turn": np.resize(labels, answers.shape),
    }


def _out_of_reach(task: Task, seed: int, allow_missing: Iterable[str]) -> list[str]:
    """The task's own examples, of which one at least must pass."""
    examples = sorted(path for path in (task.folder / "examples").glob("*") if path.is_dir())
    if not examples:
        return ["examples/: there is none that shows that the threshold can be reached"]
    verdicts = {path.name: judge(task.folder, path, seed=seed, quick=True, allow_missing=allow_missing) for path in examples}
    if any(verdict.verdict == ACCEPTED for verdict in verdicts.values()):
        return []
    return [f"examples/{name}: {verdict.verdict} {verdict.rule} {verdict.text}".rstrip() for name, verdict in verdicts.items()]
