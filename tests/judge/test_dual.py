"""The double benchmark: an output's errors over a third party's, by hand and by what must always hold."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.judge import BrokenTask, dtypes
from heitu.engines.judge.accuracy import Comparison, compare
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.dual import fault
from heitu.engines.judge.standards import standard

LEVELS = {"l0": (10.0, 2.0, 2.0), "l1": (5.0, 1.5, 1.5), "l2": (2.0, 1.2, 1.2)}
NAMES = ("float16", "bfloat16", "float32", "float8_e4m3fn", "float8_e5m2")
SEEDS = st.integers(0, 2**32 - 1)


def against(
    theirs: Array, actual: Array, golden: Array, level: str = "l0", places: Array | None = None
) -> Comparison:
    """`actual` (its dtype is the output's) by the double benchmark."""
    name = actual.dtype.name
    return compare(actual, golden, name, standard(f"dual-benchmark-{level}", name), places, theirs)


def off_by(golden: Array, relative: Array | float) -> Array:
    return (golden * (1 + np.asarray(relative))).astype(np.float32)


def ratios(found: Comparison) -> Any:
    return found.measures["third_party"]["ratios"]


@pytest.mark.parametrize("level", LEVELS)
def test_the_ratios_of_a_level(level: str) -> None:
    numbers = standard(f"dual-benchmark-{level}", "float16").numbers
    assert tuple(numbers[key] for key in ("mare", "mere", "rmse")) == LEVELS[level]


def test_no_numbers_for_double_precision() -> None:
    with pytest.raises(BrokenTask, match="no numbers for float64"):
        standard("dual-benchmark-l0", "float64")


@given(SEEDS, st.sampled_from(sorted(LEVELS)), st.sampled_from(NAMES), st.floats(0, 0.5), st.integers(0, 200))
def test_a_third_party_is_as_good_as_itself(seed: int, level: str, name: str, spread: float, count: int) -> None:
    rng = np.random.default_rng(seed)
    golden = rng.normal(0, 2, count)
    theirs = (golden * (1 + spread * rng.normal(0, 1, count))).astype(dtypes.dtype(name))
    assert against(theirs, theirs, golden, level).passed


@given(SEEDS, st.sampled_from(sorted(LEVELS)), st.sampled_from(NAMES), st.floats(0, 0.5), st.integers(0, 200))
def test_what_is_rounded_correctly_passes_whoever_it_is_held_against(
    seed: int, level: str, name: str, spread: float, count: int
) -> None:
    rng = np.random.default_rng(seed)
    golden = rng.normal(0, 2, count) * 10.0 ** rng.integers(-9, 2, count)
    theirs = (golden * (1 + spread * rng.normal(0, 1, count))).astype(dtypes.dtype(name))
    assert against(theirs, golden.astype(dtypes.dtype(name)), golden, level).passed


@given(SEEDS, st.sampled_from(sorted(LEVELS)), st.floats(0.02, 0.98), st.floats(1.02, 50))
def test_the_same_errors_made_larger_pass_up_to_the_ratio(seed: int, level: str, below: float, above: float) -> None:
    rng = np.random.default_rng(seed)
    golden, errors = rng.uniform(1, 5, 200), 1e-3 * rng.uniform(0.1, 1, 200)
    theirs, ratio = off_by(golden, errors), LEVELS[level][1]
    assert against(theirs, off_by(golden, errors * ratio * below), golden, level).passed
    assert against(theirs, off_by(golden, errors * ratio * above), golden, level).rule == "mere"


@given(SEEDS, st.sampled_from(sorted(LEVELS)), st.floats(1e-4, 1e-2))
def test_a_harder_level_passes_no_more(seed: int, level: str, spread: float) -> None:
    rng = np.random.default_rng(seed)
    golden = rng.uniform(1, 5, 100)
    theirs, ours = (off_by(golden, spread * rng.normal(0, size, 100)) for size in (1, 1.5))
    if against(theirs, ours, golden, level).passed:
        assert all(against(theirs, ours, golden, easier).passed for easier in LEVELS if easier < level)


def test_one_element_far_off_breaks_the_largest_alone() -> None:
    golden = np.ones((500, 100))
    errors = np.full(golden.shape, 1e-3)
    errors[7, 42] = 1.1e-2
    found = against(off_by(golden, 1e-3), off_by(golden, errors), golden)
    assert (found.rule, found.measures["worst"]["index"]) == ("mare", [7, 42])
    assert found.measures["worst"]["allowed"] == pytest.approx(1e-2, rel=1e-3)
    assert found.measures["histogram"]["tolerance"] == pytest.approx(1e-2, rel=1e-3)
    assert sum(found.measures["histogram"]["beyond"]) == 1


def test_large_values_off_break_the_root_mean_square_alone() -> None:
    golden = np.ones(1000)
    golden[3] = 1e6
    errors = np.full(1000, 1e-3)
    errors[3] = 3e-3
    assert against(off_by(golden, 1e-3), off_by(golden, errors), golden).rule == "rmse"


def test_the_report_by_hand() -> None:
    golden = np.repeat([1.0, 4.0], 50)
    theirs, ours = off_by(golden, 2**-10), off_by(golden, np.repeat([2.0**-9, 2.0**-11], 50))
    said = against(theirs, ours, golden, "l1").measures["third_party"]
    share = pytest.approx
    assert said["theirs"] == share({"mere": 2**-10, "mare": 2**-10, "rmse": 2**-10 * np.sqrt(8.5)}, rel=1e-5)
    assert said["ours"] == share({"mere": 1.25 * 2**-10, "mare": 2**-9, "rmse": 2**-10 * 2}, rel=1e-5)
    assert said["ratios"] == share({"mere": 1.25, "mare": 2, "rmse": 2 / np.sqrt(8.5)}, rel=1e-5)
    assert said["allowed"] == {"mere": 1.5, "mare": 5, "rmse": 1.5}


@pytest.mark.parametrize(("level", "rule"), [("l0", ""), ("l1", "mere"), ("l2", "mere")])
def test_an_exact_third_party_counts_as_half_a_place_off(level: str, rule: str) -> None:
    golden = np.ones(64)
    found = against(golden.astype(np.float32), off_by(golden, 2**-23), golden, level)
    assert found.rule == rule
    assert found.measures["third_party"]["theirs"] == {"mere": 0, "mare": 0, "rmse": 0}
    assert ratios(found) == pytest.approx({"mere": 2, "mare": 2, "rmse": 2})


def test_the_floor_is_never_more_than_the_golden_itself() -> None:
    golden = np.full(64, 1e-4)  # rounds to zero in e4m3, whose smallest step is 2^-9
    theirs, ours = (values.astype(dtypes.dtype("float8_e4m3fn")) for values in (golden, np.full(64, 2.0**-9)))
    assert against(theirs, theirs, golden, "l2").passed
    assert against(theirs, ours, golden).rule == "mere"


@pytest.mark.parametrize(("count", "rule"), [(31, ""), (32, "mere")])
def test_of_few_elements_a_mean_is_luck(count: int, rule: str) -> None:
    golden = np.ones(count)
    found = against(off_by(golden, 1e-3), off_by(golden, 4e-3), golden, "l1")
    assert found.rule == rule
    assert found.measures["third_party"]["allowed"]["mere"] == (5 if count < 32 else 1.5)


def test_nothing_may_be_off_where_third_party_and_golden_are_zero() -> None:
    golden = np.zeros(50)
    theirs = np.zeros(50, np.float32)
    assert against(theirs, theirs, golden).passed
    found = against(theirs, np.full(50, 1e-9, np.float32), golden)
    assert (found.rule, ratios(found)["mare"]) == ("mere", "inf")
    json.dumps(found.measures, allow_nan=False)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_come_first(bad: float) -> None:
    golden = np.ones(40)
    ours = golden.astype(np.float32)
    ours[5] = bad
    found = against(off_by(golden, 0.1), ours, golden)
    assert (found.rule, found.measures["worst"]["index"]) == ("nan_or_infinity", [5])


def test_nan_and_infinity_where_they_belong_are_not_measured() -> None:
    golden = np.array([np.nan, np.inf, -np.inf, *np.ones(60)])
    golden[20] = 1e6  # more than float16 holds, so infinity is right
    with np.errstate(over="ignore"):
        theirs = golden.astype(np.float16)
    found = against(theirs, theirs, golden)
    assert found.passed
    assert found.measures["third_party"]["ours"]["rmse"] == 0


def test_every_element_counts_even_where_a_sample_was_asked_for() -> None:
    golden = np.ones(1000)
    ours = golden.astype(np.float32)
    ours[900] = 2
    assert not against(off_by(golden, 1e-4), ours, golden, places=np.arange(10)).passed


def said(theirs: Array, golden: Array) -> str:
    zh, en = fault(standard("dual-benchmark-l0", "float32"), theirs, golden, "float32")
    assert bool(zh) == bool(en)
    return en


def test_what_no_third_party_may_be() -> None:
    golden = np.random.default_rng(1).normal(0, 2, (5, 8))
    sound = golden.astype(np.float32)
    broken = sound.copy()
    broken[2, 3] = np.nan
    assert said(sound, golden) == ""
    assert said(off_by(golden, 1e-4), golden) == ""
    assert said(golden, golden).startswith("is float64, must be float32")
    assert said(sound.T, golden).startswith("has shape [8, 5], must have the reference's, [5, 8]")
    assert said(broken, golden).startswith("is nan at [2, 3], where the reference has")
    assert said(np.zeros_like(sound), golden).startswith("has an RMSE of 1 times the reference's RMS, allowed are 0.0")
    assert said(np.full_like(sound, golden.mean()), golden).startswith("has an RMSE of")


@pytest.mark.parametrize("shape", [(0, 3), ()])
def test_empty_and_single_outputs_of_a_third_party(shape: tuple[int, ...]) -> None:
    assert said(np.ones(shape, np.float32), np.ones(shape)) == ""


def test_a_third_party_that_overflows_is_none() -> None:
    rule, golden = standard("dual-benchmark-l0", "float16"), np.full(3, 60000.0)
    overflown = np.full(3, np.inf, np.float16)
    assert "NaN and infinities must be in the same places" in fault(rule, overflown, golden, "float16")[1]
