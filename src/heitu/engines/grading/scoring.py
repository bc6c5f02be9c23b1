"""What a cell's outputs earn, by nbgrader's rules (utils.py of 0.9.6: determine_grade, get_partial_grade).

nbgrader gives full marks where a test ends in something that makes no sense as points (text, NaN, a negative number),
and stops the whole class over more than the maximum. Its scores are kept, with a flag; `strict` gives 0.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal

from heitu.engines.sandbox.reports import Output

NONSENSE = ("result_is_text", "result_is_nan", "result_is_negative", "result_above_maximum")


@dataclass(frozen=True)
class Mark:
    """`earned` is None for what a person has to mark."""

    earned: Decimal | None
    flag: str = ""


def mark(outputs: list[Output], maximum: float, *, strict: bool) -> Mark:
    """Of an autograded cell: 0 for an error or a word on stderr that comes first, else the first result's number, else
    all."""
    for output in outputs:
        if is_failure(output):
            return Mark(Decimal(0))
        if output["output_type"] == "execute_result":
            return _by_result(str(output["data"].get("text/plain", "")), maximum, strict=strict)
    return Mark(decimal(maximum))


def is_failure(output: Output) -> bool:
    """An error, or anything on stderr: a warning is enough."""
    return bool(output["output_type"] == "error" or (output["output_type"] == "stream" and output["name"] == "stderr"))


def _by_result(text: str, maximum: float, *, strict: bool) -> Mark:
    value, flag = _number(text, maximum)
    if flag == "result_above_maximum":  # nbgrader has no score for it at all
        return Mark(Decimal(0) if strict else None, flag)
    if flag:
        return Mark(Decimal(0) if strict else decimal(maximum), flag)
    return Mark(decimal(value))


def _number(text: str, maximum: float) -> tuple[float, str]:
    try:
        value = float(text)
    except ValueError:
        return 0.0, "result_is_text"
    if math.isnan(value):
        return 0.0, "result_is_nan"
    if value < 0:
        return 0.0, "result_is_negative"
    return (value, "result_above_maximum") if value > maximum else (value, "")


def decimal(value: float) -> Decimal:
    """The number as it is written."""
    found = Decimal(str(float(value)))
    return found.quantize(Decimal(1)) if found == found.to_integral_value() else found.normalize()


def after_penalty(score: Decimal, penalty: Decimal) -> Decimal:
    """A late penalty takes no more than there is, and gives nothing."""
    return score - min(max(penalty, Decimal(0)), score)
