"""The double benchmark (双标杆): how far off an output is, over how far off a third party's implementation is.

Both are measured against the float64 golden g where it is finite: MARE = max(|a-g| / (|g| + small)), MERE = the mean
of the same, RMSE = sqrt(mean((a-g)²)). These, and the ratios by level, are those by which CANN accepts commercial
floating-point operators; `floor`, `few` and `sane` of standards.yaml are ours.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from heitu.engines.judge import dtypes
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.standards import Standard

RULE = "dual"
_MEASURES = ("mere", "mare", "rmse")


def bounded(standard: Standard, theirs: Array, golden: Array, name: str) -> Standard:
    """The standard with `theirs_…`, `base_…` and `limit_…` of each measure, from a third party's flat output.

    A base is the third party's measure, but no less than what rounding to dtype `name` may lose: half an ULP
    everywhere, and never more than g. A limit is the base times the level's ratio; of few elements, where a mean is as
    much luck as a maximum, all three ratios are that of MARE.
    """
    numbers = standard.numbers
    finite = np.isfinite(golden.astype(dtypes.dtype(name)).astype(np.float64))
    wanted = golden[finite].astype(np.float64)
    off = np.abs(theirs[finite].astype(np.float64) - wanted)
    lost = np.minimum(numbers["floor"] * dtypes.ulp(wanted, name), np.abs(wanted))
    found, least = _measured(off, wanted, numbers), _measured(lost, wanted, numbers)
    bases = {key: max(found[key], least[key]) for key in _MEASURES}
    ratios = {key: numbers["mare" if wanted.size < numbers["few"] else key] for key in _MEASURES}
    limits = {key: ratios[key] * bases[key] for key in _MEASURES}
    named = {"theirs": found, "base": bases, "limit": limits}
    bounds = {f"{what}_{key}": value for what, each in named.items() for key, value in each.items()}
    return replace(standard, numbers=numbers | ratios | bounds)


def broken_rule(standard: Standard, error: Array, golden: Array) -> str:
    """The first measure that is over its limit in a bounded standard; empty when none is."""
    ours = _measured(error, golden, standard.numbers)
    return next((key for key in _MEASURES if not ours[key] <= standard.numbers[f"limit_{key}"]), "")


def report(standard: Standard, error: Array, golden: Array) -> dict[str, dict[str, float]]:
    """`ours`, `theirs`, `ratios` of ours over the base, and the largest `allowed`, each by measure."""
    numbers, ours = standard.numbers, _measured(error, golden, standard.numbers)
    return {
        "ours": ours,
        "theirs": {key: numbers[f"theirs_{key}"] for key in _MEASURES},
        "ratios": {key: _ratio(ours[key], numbers[f"base_{key}"]) for key in _MEASURES},
        "allowed": {key: numbers[key] for key in _MEASURES},
    }


def fault(standard: Standard, theirs: Any, golden: Array, name: str) -> tuple[str, str]:
    """What makes a third party's output useless as a benchmark, in Chinese and English; empty when nothing does."""
    values = np.asarray(theirs)
    if values.dtype.name != name:
        return (
            f"类型为 {values.dtype.name}，应为 {name}：返回前请用 astype 转换",
            f"is {values.dtype.name}, must be {name}: cast with astype before returning",
        )
    if values.shape != golden.shape:
        return (
            f"形状为 {list(values.shape)}，应与参考一致，为 {list(golden.shape)}",
            f"has shape {list(values.shape)}, must have the reference's, {list(golden.shape)}",
        )
    with np.errstate(all="ignore"):
        return _fault_of_values(standard, values.astype(np.float64), golden.astype(np.float64), name)


def _fault_of_values(standard: Standard, values: Array, golden: Array, name: str) -> tuple[str, str]:
    rounded = golden.astype(dtypes.dtype(name)).astype(np.float64)
    odd = dtypes.stray(values, rounded)
    if odd.any():
        place = tuple(int(n) for n in np.argwhere(odd)[0])
        where, got, wanted = list(place), values[place], rounded[place]
        return (
            f"在 {where} 处为 {got}，参考为 {wanted}：NaN 与无穷须出现在相同位置",
            f"is {got} at {where}, where the reference has {wanted}: NaN and infinities must be in the same places",
        )
    finite = np.isfinite(rounded)
    off, size = _root_mean_square((values - golden)[finite]), _root_mean_square(golden[finite])
    most = standard.numbers["sane"]
    if off <= most * size:
        return "", ""
    share = f"{_ratio(off, size):.3g}"
    return (
        f"均方根误差为参考均方根的 {share} 倍，须不超过 {most:.3g}：请改正公式，或以更宽的类型计算、最后再转换",
        f"has an RMSE of {share} times the reference's RMS, allowed are {most:.3g}: mend its formula, or compute in a "
        "wider dtype and cast at the end",
    )


def _measured(error: Array, golden: Array, numbers: dict[str, float]) -> dict[str, float]:
    """The measures of absolute errors; zeros where there is no element."""
    if error.size == 0:
        return dict.fromkeys(_MEASURES, 0.0)
    relative = error / (np.abs(golden) + numbers["small"])
    return {"mere": float(relative.mean()), "mare": float(relative.max()), "rmse": _root_mean_square(error)}


def _root_mean_square(values: Array) -> float:
    return float(np.sqrt(np.mean(values * values))) if values.size else 0.0


def _ratio(ours: float, base: float) -> float:
    if base == 0:
        return 0.0 if ours == 0 else float("inf")
    return ours / base
