"""Metrics of models, computed by the worker from predictions and answers that no sandbox ever saw.

Each takes answers and predictions of the same length, one entry a row, and gives a float. Definitions as in the usual
textbooks; AUC is the Mann-Whitney statistic with ties counted half.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heitu.engines.judge.dtypes import Array

_RESAMPLES = 400


@dataclass(frozen=True)
class Metric:
    """`higher` says which way is better; `needs` what predictions must be: classes, scores or numbers."""

    name: str
    higher: bool
    needs: str
    of: Callable[[Array, Array], float]

    def meets(self, value: float, bar: float) -> bool:
        """Whether `value` is as good as `bar`. A NaN never is."""
        return value >= bar if self.higher else value <= bar

    def share(self, value: float, low: float, high: float) -> float:
        """How far `value` lies on the way from the threshold `low` to the target `high`, in [0, 1]."""
        return float(np.clip((value - low) / (high - low), 0.0, 1.0))


def _accuracy(answers: Array, predictions: Array) -> float:
    return float(np.mean(answers == predictions))


def _macro_f1(answers: Array, predictions: Array) -> float:
    """Mean over the classes that occur in answers or predictions; counted at once, since a stranger may predict as many
    classes as there are rows.
    """
    _, places = np.unique(np.concatenate([answers, predictions]), return_inverse=True)
    right = places[: len(answers)][answers == predictions]
    occurs = np.bincount(places)
    return float(np.mean(2 * np.bincount(right, minlength=len(occurs)) / occurs))


def _auc(answers: Array, predictions: Array) -> float:
    """Area under the ROC curve; answers are 0 and 1. NaN with one class only."""
    positive = answers.astype(bool)
    pairs = float(positive.sum()) * float((~positive).sum())
    if pairs == 0:
        return float("nan")
    ranks = ranked(predictions)
    least = float(positive.sum()) * (float(positive.sum()) + 1) / 2
    return float((ranks[positive].sum() - least) / pairs)


def ranked(scores: Array) -> Array:
    """The rank of each from 1, ties sharing the middle of theirs."""
    _, place, counts = np.unique(scores, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[place])


def _rmse(answers: Array, predictions: Array) -> float:
    return float(np.sqrt(np.mean((predictions.astype(np.float64) - answers) ** 2)))


def _mae(answers: Array, predictions: Array) -> float:
    return float(np.mean(np.abs(predictions.astype(np.float64) - answers)))


def _r2(answers: Array, predictions: Array) -> float:
    spread = float(np.sum((answers - answers.mean()) ** 2))
    return 1.0 - float(np.sum((answers - predictions.astype(np.float64)) ** 2)) / spread if spread else float("nan")


METRICS = {
    metric.name: metric
    for metric in (
        Metric("accuracy", True, "classes", _accuracy),
        Metric("macro_f1", True, "classes", _macro_f1),
        Metric("auc", True, "scores", _auc),
        Metric("rmse", False, "numbers", _rmse),
        Metric("mae", False, "numbers", _mae),
        Metric("r2", True, "numbers", _r2),
    )
}


@dataclass(frozen=True)
class Estimate:
    """A metric's mean over runs with a 95 % interval, by bootstrap over runs and over the rows within each.

    `threshold` is the least that is accepted, `target` what earns the full score.
    """

    name: str
    mean: float
    low: float
    high: float
    runs: tuple[float, ...]
    higher: bool
    threshold: float
    target: float

    def as_json(self) -> dict[str, Any]:
        """Plain JSON data; what isn't finite becomes null."""
        body = {**vars(self), "runs": [_finite(value) for value in self.runs]}
        return body | {key: _finite(body[key]) for key in ("mean", "low", "high")}


def estimate(
    metric: Metric, papers: Sequence[tuple[Array, Array]], threshold: float, target: float, rng: np.random.Generator
) -> Estimate:
    """From (answers, predictions) of each run."""
    runs = tuple(metric.of(answers, predictions) for answers, predictions in papers)
    means = [_mean_of_resampled(metric, papers, rng) for _ in range(_RESAMPLES)]
    low, high = np.nanquantile(means, [0.025, 0.975]) if np.isfinite(means).any() else (np.nan, np.nan)
    mean = float(np.mean(runs))
    return Estimate(metric.name, mean, float(low), float(high), runs, metric.higher, threshold, target)


def _mean_of_resampled(metric: Metric, papers: Sequence[tuple[Array, Array]], rng: np.random.Generator) -> float:
    chosen = [papers[number] for number in rng.integers(0, len(papers), len(papers))]
    return float(np.mean([_resampled(metric, answers, predictions, rng) for answers, predictions in chosen]))


def _resampled(metric: Metric, answers: Array, predictions: Array, rng: np.random.Generator) -> float:
    rows = rng.integers(0, len(answers), len(answers))
    return metric.of(answers[rows], predictions[rows])


def _finite(value: float) -> float | None:
    return value if np.isfinite(value) else None
