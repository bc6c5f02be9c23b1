"""From raw timed pairs to a speed-up with an interval. Pure."""

from __future__ import annotations

import numpy as np

from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.verdict import Speedup

DELTA = 0.03
CLAMP = 100.0
_DRAWS = 1000

# case → process → pairs of (baseline seconds, submission seconds)
Samples = dict[str, list[list[tuple[float, float]]]]


def log_ratios(pairs: list[tuple[float, float]]) -> Array:
    """log(baseline / submission) of each pair, clamped to a hundredfold either way."""
    times = np.maximum(np.asarray(pairs, dtype=np.float64), 1e-9)
    return np.clip(np.log(times[:, 0] / times[:, 1]), -np.log(CLAMP), np.log(CLAMP))


def speedup(samples: Samples, rng: np.random.Generator) -> Speedup:
    """Geometric mean of the cases' medians, 95 % interval by bootstrap clustered on process.

    Every draw takes as many processes as there were, with replacement, and within each as many pairs.
    """
    logs = [[log_ratios(pairs) for pairs in processes] for processes in samples.values()]
    centre = float(np.mean([np.median(np.concatenate(case)) for case in logs]))
    draws = _resampled(logs, rng)
    low, high = np.quantile(draws, [0.025, 0.975])
    bounds = (float(np.exp(min(low, centre))), float(np.exp(max(high, centre))))
    return Speedup(float(np.exp(centre)), *bounds, call=call(*bounds))


def _resampled(logs: list[list[Array]], rng: np.random.Generator) -> Array:
    """Means over cases of medians, one a draw. Every case has the same number of pairs in each process."""
    count = len(logs[0])
    chosen = rng.integers(0, count, (_DRAWS, count, 1))
    medians = []
    for case in logs:
        values = np.stack(case)
        picked = values[chosen, rng.integers(0, values.shape[1], (_DRAWS, count, values.shape[1]))]
        medians.append(np.median(picked.reshape(_DRAWS, -1), axis=1))
    return np.asarray(np.mean(medians, axis=0))


def wide(found: Speedup) -> bool:
    """Whether more timing is worth its while: of the interval's width alone, so that no result can be waited for."""
    return found.high > found.low * (1 + DELTA)


def call(low: float, high: float) -> str:
    """faster, slower, tie, or inconclusive when the interval reaches over a border."""
    if low > 1 + DELTA:
        return "faster"
    if high < 1 / (1 + DELTA):
        return "slower"
    return "tie" if low >= 1 / (1 + DELTA) and high <= 1 + DELTA else "inconclusive"


def score(correct: float, target: float, low: float) -> float:
    """Points of 100: `correct` for a right answer, the rest on a log scale of the interval's low end up to `target`."""
    gained = min(max(np.log(max(low, 1e-9)) / np.log(target), 0.0), 1.0)
    return round(float(correct + (100 - correct) * gained), 2)
