"""How far off the elements are, as counts by decade of relative error: what a histogram is drawn from."""

from __future__ import annotations

from typing import Any

import numpy as np

from heitu.engines.judge import dtypes, dual
from heitu.engines.judge.dtypes import Array
from heitu.engines.judge.standards import Standard

FIRST, LAST = -8, 0  # exponents of the first and the last border; beyond them one open class each
_BORDERS = 10.0 ** np.arange(FIRST, LAST + 1)
CLASSES = len(_BORDERS) + 1


def by_decade(error: Array, golden: Array, is_beyond: Array, *, stray: int, tolerance: float | None) -> dict[str, Any]:
    """Counts of finite elements, flat arrays of one length; the classes are <1e-8, 1e-8…1e-7, … 0.1…1, and ≥1.

    `within` and `beyond` are what the standard allows each element and what it doesn't; an error where the golden is
    zero lies in the last class. `stray` counts NaN and infinities in the wrong places, `tolerance` is the standard's
    relative bound, `from` the exponent of the first border.
    """
    with np.errstate(all="ignore"):
        relative = np.where(error == 0, 0.0, error / np.abs(golden))
    places = np.digitize(relative, _BORDERS) + CLASSES * is_beyond.astype(np.int64)
    counts = np.bincount(places, minlength=2 * CLASSES).tolist()
    return {
        "from": FIRST, "within": counts[:CLASSES], "beyond": counts[CLASSES:], "stray": stray, "tolerance": tolerance,
    }


def relative_bound(standard: Standard, name: str) -> float | None:
    """The relative error that the standard allows an element that isn't small; None where it allows none."""
    numbers = standard.numbers
    if standard.rule in ("mixed", "close"):
        return numbers["rtol"]
    if standard.rule == "mere":
        return numbers["worst"] * numbers["limit"]
    if standard.rule == dual.RULE:
        return numbers["limit_mare"]
    if standard.rule == "share":
        return numbers["limit"]
    if standard.rule == "ulp":
        return numbers["ulps"] * float(dtypes.ulp(np.ones(1), name)[0])
    return None
