"""The accuracy standards, against numbers worked by hand and against their own definitions."""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.judge import BrokenTask, dtypes
from heitu.engines.judge.accuracy import Comparison, compare
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.standards import names, number, standard

LEVELS = ["dual-benchmark-l0", "dual-benchmark-l1", "dual-benchmark-l2"]


def check(
    actual: Array, golden: object, name: str = "float32", by: str = "cann-mixed", theirs: Array | None = None,
    **options: float,
) -> Comparison:
    return compare(actual, np.asarray(golden), name, standard(by, name, **options), theirs=theirs)


def test_numbers_read_as_written() -> None:
    assert [number("2^-9"), number("1e-7"), number(0.5)] == [2**-9, 1e-7, 0.5]


def test_every_standard_is_named_with_its_version() -> None:
    assert names() == ["cann-mere", "cann-mixed", "cann-mixed-sums", "double-thousandth", *LEVELS, "exact", "torch-close", "ulp"]
    assert standard("cann-mixed", "float16").label == "cann-mixed@1"


def test_a_standard_without_numbers_for_a_dtype_is_the_tasks_fault() -> None:
    with pytest.raises(BrokenTask, match="no numbers for float64"):
        standard("cann-mixed", "float64")


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32", "float8_e4m3fn", "float8_e5m2"])
@pytest.mark.parametrize("by", ["cann-mixed", "cann-mere", "ulp", "exact"])
def test_the_rounded_golden_always_passes(name: str, by: str) -> None:
    golden = np.random.default_rng(3).normal(0, 2, 4000)
    assert check(golden.astype(dtypes.dtype(name)), golden, name, by).passed


@pytest.mark.parametrize(
    ("name", "ulp_at_one"), [("float16", 2**-10), ("bfloat16", 2**-7), ("float32", 2**-23), ("float64", 2**-52)]
)
def test_ulp_is_the_distance_to_the_neighbour(name: str, ulp_at_one: float) -> None:
    assert dtypes.ulp(np.array([1.0, -1.5, 2.0]), name).tolist() == [ulp_at_one, ulp_at_one, 2 * ulp_at_one]


@given(st.floats(-60000, 60000, width=16))
def test_ulp_agrees_with_numpy_for_half(value: float) -> None:
    expected = float(np.spacing(np.abs(np.float16(value))))
    assert dtypes.ulp(np.array([float(np.float16(value))]), "float16")[0] == expected


def test_mixed_lets_one_in_a_hundred_stray_a_little() -> None:
    golden = np.ones(1000)
    actual = golden.astype(np.float32)
    actual[:10] += np.float32(0.005)
    assert check(actual, golden).passed
    actual[10] += np.float32(0.005)
    assert check(actual, golden).rule == "share"


def test_mixed_lets_none_stray_far() -> None:
    golden = np.ones(1000)
    actual = golden.astype(np.float32)
    actual[7] += np.float32(0.02)
    found = check(actual, golden)
    assert (found.passed, found.rule) == (False, "largest")
    assert found.measures["worst"]["index"] == [7]
    assert found.measures["worst"]["allowed"] == pytest.approx(2**-10 + 2**-16)


@pytest.mark.parametrize("scale", [1e4, 1e5, 1e7])
def test_right_sums_of_large_terms_are_right(scale: float) -> None:
    """Of both signs, so that some nearly cancel: float32 is off there by what the terms weigh, not by what is left."""
    broken: dict[str, set[str]] = {"cann-mixed": set(), "cann-mixed-sums": set()}
    for seed in range(5):
        terms = (scale * np.random.default_rng(seed).standard_normal((512, 1024))).astype(np.float32)
        golden = terms.astype(np.float64).sum(axis=1)
        right = np.cumsum(terms, axis=1)[:, -1]  # one by one
        coarse = terms.astype(ml_dtypes.bfloat16).astype(np.float32).sum(axis=1)
        for by, rules in broken.items():
            rules.add(check(right, golden, by=by).rule)
            assert not check(coarse, golden, by=by).passed
    assert broken["cann-mixed-sums"] == {""}
    assert "largest" in broken["cann-mixed"]


def test_mixed_allows_32_ulp_of_large_values() -> None:
    golden = np.full(200, 1e6)
    actual = golden.astype(np.float32)
    actual[0] += np.float32(1.5)
    assert check(actual, golden).passed


def test_mere_bounds_mean_and_largest_relative_error() -> None:
    golden = np.full(100, 10.0)
    assert check((golden * (1 + 2**-14)).astype(np.float32), golden, by="cann-mere").passed
    assert check((golden * (1 + 2**-12)).astype(np.float32), golden, by="cann-mere").rule == "mere"
    one = golden.copy()
    one[3] *= 1 + 2**-9
    assert check(one.astype(np.float32), golden, by="cann-mere").rule == "mare"


def test_double_thousandth_does_not_let_small_zeros_pass() -> None:
    golden = np.full(1000, 5e-4)
    assert check(np.zeros(1000, np.float16), golden, "float16", "double-thousandth").rule == "share"


def test_ulp_takes_its_count_from_the_task() -> None:
    golden = np.ones(3)
    actual = np.ones(3, np.float32) + np.float32(3 * 2**-23)
    assert check(actual, golden, by="ulp", ulps=3).passed
    assert check(actual, golden, by="ulp", ulps=2).rule == "ulp"


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_are_no_wildcards(bad: float) -> None:
    actual = np.ones((2, 3), np.float32)
    actual[1, 2] = bad
    found = check(actual, np.ones((2, 3)))
    assert (found.rule, found.measures["worst"]["index"]) == ("nan_or_infinity", [1, 2])


def test_nan_and_infinity_where_they_belong() -> None:
    golden = np.array([np.nan, np.inf, -np.inf, 1.0])
    assert check(golden.astype(np.float32), golden).passed
    assert not check(np.array([np.nan, -np.inf, np.inf, 1], np.float32), golden).passed
    assert not check(np.array([0, np.inf, -np.inf, 1], np.float32), golden).passed


def test_what_overflows_in_the_dtype_is_expected_infinite() -> None:
    assert check(np.array([np.inf, 1], np.float16), np.array([1e6, 1.0]), "float16").passed
    assert not check(np.array([65504, 1], np.float16), np.array([1e6, 1.0]), "float16").passed


def test_integers_and_booleans_are_exact() -> None:
    golden = np.array([[1, 2], [3, 4]])
    rule = standard("exact", "float32")
    assert compare(golden.astype(np.int64), golden, "int64", rule).passed
    found = compare(np.array([[1, 2], [3, 9]]), golden, "int64", rule)
    assert (found.rule, found.measures["wrong"], found.measures["worst"]["index"]) == ("exact", 1, [1, 1])
    assert not compare(np.array([True]), np.array([False]), "bool", rule).passed


@pytest.mark.parametrize("shape", [(0,), (3, 0)])
def test_nothing_is_right(shape: tuple[int, ...]) -> None:
    assert check(np.zeros(shape, np.float32), np.zeros(shape)).passed


def test_rank_zero_has_an_empty_index() -> None:
    assert check(np.array(5, np.float32), np.array(1.0)).measures["worst"]["index"] == []


def test_measures_by_hand() -> None:
    found = check(np.array([1, 2, 4], np.float32), np.array([1.0, 2.0, 5.0]))
    measures = found.measures
    assert measures["max_absolute"] == 1
    assert measures["mean_absolute"] == pytest.approx(1 / 3)
    assert measures["max_relative"] == pytest.approx(0.2)
    assert measures["rmse"] == pytest.approx(np.sqrt(1 / 3))
    assert measures["cosine"] == pytest.approx(25 / np.sqrt(21 * 30))
    assert measures["worst"] == {
        "index": [2],
        "actual": 4.0,
        "expected": 5.0,
        "error": 1.0,
        "allowed": found.measures["worst"]["allowed"],
    }


def test_a_sample_of_places_keeps_true_indexes() -> None:
    golden = np.zeros((100, 10)) + 1
    actual = golden.astype(np.float32)
    actual[42, 7] = 9
    places = np.array([0, 427, 999])
    found = compare(actual, golden, "float32", standard("cann-mixed", "float32"), places)
    assert found.measures["worst"]["index"] == [42, 7]


def test_narrow_floats_are_known_by_name() -> None:
    assert dtypes.dtype("bfloat16") == np.dtype(ml_dtypes.bfloat16)


def test_elements_are_counted_by_decade_of_relative_error() -> None:
    golden = np.array([1.0, 1.0, 10.0, 10.0, 0.0, 1e-9])
    actual = np.array([1.0, 1.0005, 10.5, 300.0, 1e-6, 3e-9], np.float32)
    counts = check(actual, golden).measures["histogram"]
    assert counts["within"] == [1, 0, 0, 0, 0, 1, 0, 0, 0, 2], "what is small is allowed its absolute error"
    assert counts["beyond"] == [0, 0, 0, 0, 0, 0, 0, 1, 0, 1]
    assert (counts["from"], counts["stray"], counts["tolerance"]) == (-8, 0, 2**-10)


def test_strays_are_counted_apart() -> None:
    found = check(np.array([np.nan, np.inf, 1, 2], np.float32), np.array([1.0, 1.0, 1.0, np.nan]))
    counts = found.measures["histogram"]
    assert (counts["stray"], sum(counts["within"]), sum(counts["beyond"])) == (3, 1, 0)


def test_integers_have_no_tolerance_to_mark() -> None:
    found = compare(np.array([1, 2, 0]), np.array([1, 4, 3]), "int64", standard("exact", "float32"))
    counts = found.measures["histogram"]
    assert (counts["within"][0], counts["beyond"][8:], counts["tolerance"]) == (1, [1, 1], None)


@given(st.lists(st.tuples(st.floats(width=32), st.floats(width=32)), min_size=1, max_size=20), st.sampled_from(names()))
def test_every_element_is_in_the_histogram_once(pairs: list[tuple[float, float]], by: str) -> None:
    actual, golden = (np.array(column, np.float32) for column in zip(*pairs, strict=True))
    counts = check(actual, golden.astype(np.float64), by=by, theirs=golden).measures["histogram"]
    matching = int((~np.isfinite(golden) & ((actual == golden) | (np.isnan(actual) & np.isnan(golden)))).sum())
    assert sum(counts["within"]) + sum(counts["beyond"]) + counts["stray"] + matching == len(pairs)


@pytest.mark.parametrize(("by", "bound"), [
    ("cann-mixed", 2**-10), ("cann-mere", 10 * 2**-13), ("double-thousandth", 1e-4), ("torch-close", 1.3e-6),
    ("ulp", 4 * 2**-23), ("exact", None),
])
def test_the_bound_that_is_marked(by: str, bound: float | None) -> None:
    assert check(np.ones(3, np.float32), np.ones(3), by=by).measures["histogram"]["tolerance"] == bound
