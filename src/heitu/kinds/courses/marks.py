"""What a lab is worth: its cells' points together, less what lateness costs. Pure; points are exact decimals."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

CENT = Decimal("0.01")


def rounded(points: float | Decimal) -> Decimal:
    """To two decimals, half up, as a mark is written."""
    return Decimal(str(points)).quantize(CENT, ROUND_HALF_UP)


class Lateness(Protocol):
    """A rule: what is lost for each day, and for how many days a lab is taken."""

    @property
    def late_percent(self) -> int: ...

    @property
    def late_days(self) -> int: ...


@dataclass(frozen=True)
class LateRule:
    """One that somebody thinks of."""

    late_percent: int
    late_days: int


def lab_mark(earned: Iterable[float], maximum: Decimal, days_late: int, rule: Lateness) -> Decimal:
    """The mark of a lab in the gradebook from what its cells earned."""
    points = min(total(earned), maximum)
    return after_lateness(points, days_late=days_late, percent=rule.late_percent, days=rule.late_days)


def total(earned: Iterable[float]) -> Decimal:
    return rounded(sum(earned))


def after_lateness(points: Decimal, *, days_late: int, percent: int, days: int) -> Decimal:
    """Of `points`, `percent` are lost for each day begun, never more than all; after `days` nothing is left."""
    if days_late <= 0:
        return points
    if days_late > days:
        return Decimal("0.00")
    lost = min(100, percent * days_late)
    return rounded(points * (100 - lost) / 100)


def by_rubric(points: Sequence[Decimal], maximum: Decimal) -> Decimal:
    """What the items chosen for an answer come to, from 0 to `maximum`.

    Items that add begin at 0; where all that were chosen take away, they begin at the maximum.
    """
    start = maximum if points and all(each < 0 for each in points) else Decimal(0)
    return rounded(min(max(start + sum(points), Decimal(0)), maximum))
