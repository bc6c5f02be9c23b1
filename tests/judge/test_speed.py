"""From timed pairs to a speed-up: on pairs whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from heitu.engines.judge.speed import CLAMP, Samples, call, score, speedup


def pairs(
    ratio: float, noise: float, seed: int, processes: int = 3, count: int = 10
) -> list[list[tuple[float, float]]]:
    rng = np.random.default_rng(seed)
    drawn = rng.lognormal(0, noise, (processes, count, 2)) * 1e-3
    return [[(base * ratio, ours) for base, ours in process] for process in drawn.tolist()]


def test_geometric_mean_over_cases() -> None:
    samples: Samples = {"a": pairs(2, 0, 1), "b": pairs(8, 0, 2)}
    found = speedup(samples, np.random.default_rng(0))
    assert found.geomean == pytest.approx(4)
    assert [found.low, found.high] == pytest.approx([4, 4])
    assert found.call == "faster"


def test_the_interval_covers_the_truth_and_shrinks_with_more_processes() -> None:
    wide, narrow = (speedup({"a": pairs(1.5, 0.2, 3, processes)}, np.random.default_rng(0)) for processes in (2, 40))
    assert narrow.low < 1.5 < narrow.high
    assert narrow.high - narrow.low < wide.high - wide.low


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000))
def test_noise_alone_is_seldom_faster(seed: int) -> None:
    """A/A: the same work on both sides."""
    found = speedup({"a": pairs(1, 0.05, seed), "b": pairs(1, 0.05, seed + 1)}, np.random.default_rng(seed))
    assert found.low < 1.03


def test_a_slow_process_is_a_cluster() -> None:
    """One process in three twice as fast by luck of placement: the interval must reach to the others."""
    processes = [*pairs(1, 0.01, 1, processes=2), *pairs(2, 0.01, 2, processes=1)]
    found = speedup({"a": processes}, np.random.default_rng(0))
    assert found.low < 1.1
    assert found.high > 1.8


@pytest.mark.parametrize("processes", [3, 5, 16])
def test_an_interval_covers_the_truth_as_often_as_it_says(processes: int) -> None:
    """However few the processes, each of which has a pace of its own."""
    rng = np.random.default_rng(processes)
    covered = 0
    for _ in range(300):
        logs = np.log(1.2) + 0.03 * rng.standard_normal((processes, 1)) + 0.05 * rng.standard_normal((processes, 10))
        found = speedup({"main": [[(float(np.exp(log)), 1.0) for log in row] for row in logs]}, rng)
        covered += found.low <= 1.2 <= found.high
    assert 0.91 <= covered / 300 <= 0.995


def test_ratios_are_clamped() -> None:
    rng = np.random.default_rng(0)
    assert speedup({"a": [[(1.0, 0.0)] * 3]}, rng).geomean == pytest.approx(CLAMP)
    assert speedup({"a": [[(0.0, 1.0)] * 3]}, rng).geomean == pytest.approx(1 / CLAMP)


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (1.04, 2, "faster"),
        (1.02, 2, "inconclusive"),
        (0.98, 1.02, "tie"),
        (0.5, 0.9, "slower"),
        (0.5, 1.5, "inconclusive"),
    ],
)
def test_what_an_interval_is_called(low: float, high: float, said: str) -> None:
    assert call(low, high) == said


def test_scores() -> None:
    assert [score(60, 2, low) for low in (0.5, 1, 2**0.5, 2, 50)] == [60, 60, 80, 100, 100]
