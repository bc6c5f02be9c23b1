"""Is an output right? Compares raw values with a float64 golden by a standard, and says how far off it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes, dual
from heitu.engines.judge.decades import by_decade, relative_bound
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.standards import Standard

_TINY = 1e-300


@dataclass(frozen=True)
class Comparison:
    """Whether an output passes, by which rule it fails, and the measures.

    `measures` holds plain JSON values: mean and largest absolute and relative error, rmse, largest ulp distance,
    cosine, the share of elements within the standard's bound, `worst`: index, actual, expected, error, allowed, and
    `histogram`: the elements by decade of relative error, see `decades.by_decade`. Where the standard is a double
    benchmark, `third_party` holds what `dual.report` says.
    """

    passed: bool
    rule: str = ""
    measures: dict[str, Any] = field(default_factory=dict)


def compare(
    actual: Array,
    golden: Array,
    name: str,
    standard: Standard,
    places: Array | None = None,
    theirs: Array | None = None,
) -> Comparison:
    """Compare `actual` (dtype `name`) with `golden` (float64, or exact integers) of the same shape.

    `places` are flat indexes to look at when the arrays are large; None means every element. `theirs` is the third
    party's output, of the shape and dtype of `actual`, which a double benchmark needs: it looks at every element.
    """
    flat, wanted = actual.reshape(-1), golden.reshape(-1)
    # Of a few elements the ratios of a double benchmark would be luck.
    places = None if standard.rule == dual.RULE else places
    if places is not None:
        flat, wanted = flat[places], wanted[places]
    index = _Index(golden.shape, places)
    if flat.size == 0:
        return Comparison(True, measures={"elements": 0})
    with np.errstate(all="ignore"):
        if standard.rule == dual.RULE:
            assert theirs is not None, f"{standard.label} needs a third party's output"
            standard = dual.bounded(standard, theirs.reshape(-1), wanted, name)
        if not dtypes.is_float(name):
            return _compare_exact(flat, wanted, index)
        return _compare_floats(flat, wanted, name, standard, index)


@dataclass(frozen=True)
class _Index:
    """From a position in the compared values to an index in the array."""

    shape: tuple[int, ...]
    places: Array | None

    def at(self, position: int) -> list[int]:
        flat = position if self.places is None else int(self.places[position])
        return [int(n) for n in np.unravel_index(flat, self.shape)] if self.shape else []


def _compare_exact(actual: Array, golden: Array, index: _Index) -> Comparison:
    """Integers and booleans: every element equal."""
    wrong = actual != golden.astype(actual.dtype)
    count = int(wrong.sum())
    error = np.abs(actual.astype(np.float64) - golden.astype(np.float64))
    place = int(np.argmax(np.where(wrong, error + 1, 0)))
    measures = {
        "elements": int(actual.size),
        "wrong": count,
        "share": 1 - count / actual.size,
        "max_absolute": _plain(error.max()),
        "mean_absolute": _plain(error.mean()),
        "worst": _worst(index, place, actual[place], golden[place], error[place], 0.0),
        "histogram": by_decade(error, golden.astype(np.float64), wrong, stray=0, tolerance=None),
    }
    return Comparison(count == 0, "" if count == 0 else "exact", measures)


def _compare_floats(actual: Array, golden: Array, name: str, standard: Standard, index: _Index) -> Comparison:
    values = actual.astype(np.float64)
    expected = golden.astype(np.float64)
    rounded = expected.astype(actual.dtype).astype(np.float64)
    target = rounded if standard.rule in ("ulp", "exact") else expected
    is_stray = dtypes.stray(values, rounded)
    finite = np.isfinite(rounded) & ~is_stray
    error = np.where(finite, np.abs(values - target), 0.0)
    allowed = np.where(finite, _allowed(standard, target, name), np.inf)
    measures = {"elements": int(values.size), "histogram": by_decade(
        error[finite], target[finite], (error > allowed)[finite],
        stray=int(is_stray.sum()), tolerance=relative_bound(standard, name),
    )}
    if is_stray.any():
        first = int(np.argmax(is_stray))
        measures["worst"] = _worst(index, first, values[first], rounded[first], np.nan, 0.0)
        return Comparison(False, "nan_or_infinity", measures)
    if not finite.any():
        return Comparison(True, measures=measures | {"finite": 0})
    rule = _broken_rule(standard, error, allowed, target, finite, name)
    worst = int(np.argmax(_excess(error, allowed)))
    measures |= _measures(values, target, error, allowed, finite, name)
    if standard.rule == dual.RULE:
        measures["third_party"] = _plain_by_name(dual.report(standard, error[finite], target[finite]))
    measures["worst"] = _worst(index, worst, values[worst], expected[worst], error[worst], allowed[worst])
    return Comparison(not rule, rule, measures)


def _allowed(standard: Standard, golden: Array, name: str) -> Array:
    """The absolute error that the standard allows each element."""
    numbers, size = standard.numbers, np.abs(golden)
    if standard.rule in ("mixed", "close"):
        return numbers["atol"] + numbers["rtol"] * size
    if standard.rule == "mere":
        return numbers["worst"] * numbers["limit"] * (size + numbers["small"])
    if standard.rule == dual.RULE:
        return numbers["limit_mare"] * (size + numbers["small"])
    if standard.rule == "share":
        return numbers["limit"] * np.maximum(size, numbers["small"])
    if standard.rule == "ulp":
        return numbers["ulps"] * dtypes.ulp(golden, name)
    return np.zeros_like(golden)


def _broken_rule(standard: Standard, error: Array, allowed: Array, golden: Array, finite: Array, name: str) -> str:
    """The name of the first rule of the standard that the errors break; empty when none."""
    numbers = standard.numbers
    share = float(np.mean((error <= allowed)[finite]))
    if standard.rule == "mixed":
        return _broken_mixed(numbers, share, error, np.where(finite, golden, 0.0), name)
    if standard.rule == "mere":
        relative = (error / (np.abs(golden) + numbers["small"]))[finite]
        if not relative.mean() < numbers["limit"]:
            return "mere"
        return "" if relative.max() < numbers["worst"] * numbers["limit"] else "mare"
    if standard.rule == dual.RULE:
        return dual.broken_rule(standard, error[finite], golden[finite])
    if standard.rule == "share":
        return "" if share > numbers["share"] or share == 1.0 else "share"
    return "" if share == 1.0 else standard.rule


def _broken_mixed(numbers: dict[str, float], share: float, error: Array, golden: Array, name: str) -> str:
    if share < numbers["share"]:
        return "share"
    worst = int(np.argmax(error))
    place = int(np.argmax(np.abs(golden))) if numbers.get("at_largest") else worst
    bound = max(numbers["floor"], numbers["ulps"] * float(dtypes.ulp(golden[place : place + 1], name)[0]))
    return "" if error[worst] <= bound else "largest"


def _excess(error: Array, allowed: Array) -> Array:
    return error / np.maximum(allowed, _TINY)


def _measures(values: Array, golden: Array, error: Array, allowed: Array, finite: Array, name: str) -> dict[str, Any]:
    actual, wanted, off = values[finite], golden[finite], error[finite]
    relative = off[wanted != 0] / np.abs(wanted[wanted != 0])
    # Sums, not dot products: BLAS would wake threads on cores that are being timed.
    lengths = float(np.sqrt(np.sum(actual * actual) * np.sum(wanted * wanted)))
    return {
        "share": _plain(np.mean(off <= allowed[finite])),
        "max_absolute": _plain(off.max()),
        "mean_absolute": _plain(off.mean()),
        "max_relative": _plain(relative.max() if relative.size else 0.0),
        "mean_relative": _plain(relative.mean() if relative.size else 0.0),
        "rmse": _plain(np.sqrt(np.mean(off * off))),
        "max_ulp": _plain((off / dtypes.ulp(wanted, name)).max()),
        "cosine": _plain(np.sum(actual * wanted) / lengths) if lengths else None,
    }


def _worst(index: _Index, position: int, actual: Any, expected: Any, error: Any, allowed: Any) -> dict[str, Any]:
    return {
        "index": index.at(position),
        "actual": _plain(actual),
        "expected": _plain(expected),
        "error": _plain(error),
        "allowed": _plain(allowed),
    }


def _plain_by_name(values: dict[str, dict[str, float]]) -> dict[str, dict[str, Any]]:
    return {name: {key: _plain(value) for key, value in each.items()} for name, each in values.items()}


def _plain(value: Any) -> float | int | str | None:
    """A JSON number; NaN and infinities, which JSON lacks, as text."""
    if isinstance(value, (bool, np.bool_, int, np.integer)):
        return int(value)
    number = float(value)
    return number if np.isfinite(number) else str(number)
