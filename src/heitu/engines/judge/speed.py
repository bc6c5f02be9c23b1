"""From raw timed pairs to a speed-up with an interval. Pure."""

from __future__ import annotations

import math

import numpy as np

from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.verdict import Speedup

DELTA = 0.03
# An interval to stop at: narrower than DELTA, so that an even pair, whose centre strays a little, comes out even.
NARROW = 0.025
CLAMP = 100.0
_DRAWS = 1000
# Processes that say something of their spread; a look with fewer is a first look.
ENOUGH = 3
_NORMAL = 1.96
# 97.5 % quantiles of Student's t by degrees of freedom, where the normal's plus 2.4 / freedom isn't close.
_STUDENT = {2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306, 9: 2.262}

# case → process → pairs of (baseline seconds, submission seconds)
Samples = dict[str, list[list[tuple[float, float]]]]


def log_ratios(pairs: list[tuple[float, float]]) -> Array:
    """log(baseline / submission) of each pair, clamped to a hundredfold either way."""
    times = np.maximum(np.asarray(pairs, dtype=np.float64), 1e-9)
    return np.clip(np.log(times[:, 0] / times[:, 1]), -np.log(CLAMP), np.log(CLAMP))


def speedup(samples: Samples, rng: np.random.Generator) -> Speedup:
    """Geometric mean of the cases' medians, 95 % interval by bootstrap clustered on process.

    Every draw takes as many processes as there were, with replacement, each with all of its pairs, whose spread is in the
    spread of processes already (Davison and Hinkley, Bootstrap Methods and their Application, 1997, section 3.8). What a
    bootstrap of few clusters lacks in width is made up for as Student's t does. Fewer than three processes say nothing of
    their spread, and only pairs are drawn: a first look, not for ranks.
    """
    logs = [np.stack([log_ratios(pairs) for pairs in processes]) for processes in samples.values()]
    centre = float(np.mean([np.median(case) for case in logs]))
    low, high = centre + (np.quantile(_resampled(logs, rng), [0.025, 0.975]) - centre) * _widening(len(logs[0]))
    bounds = (float(np.exp(min(low, centre))), float(np.exp(max(high, centre))))
    return Speedup(float(np.exp(centre)), *bounds, call=call(*bounds))


def _resampled(logs: list[Array], rng: np.random.Generator) -> Array:
    """Means over cases of medians, one a draw. Every case has the same processes, and as many pairs in each."""
    processes, pairs = logs[0].shape
    if processes < ENOUGH:
        chosen = rng.integers(0, pairs, (_DRAWS, pairs))
        medians = [np.median(case[:, chosen], axis=(0, 2)) for case in logs]
    else:
        chosen = rng.integers(0, processes, (_DRAWS, processes))
        medians = [np.median(case[chosen], axis=(1, 2)) for case in logs]
    return np.asarray(np.mean(medians, axis=0))


def _widening(processes: int) -> float:
    """How much wider an interval of a mean of few must be than one that takes their spread for known."""
    if processes < ENOUGH:
        return 1.0
    freedom = processes - 1
    student = _STUDENT.get(freedom, _NORMAL + 2.4 / freedom)
    return student / _NORMAL * math.sqrt(processes / freedom)


def wide(found: Speedup) -> bool:
    """Whether more timing is worth its while: of the interval's width alone, so that no result can be waited for."""
    return found.high > found.low * (1 + NARROW)


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
