"""What a success shows, and which level a person has reached: the rules, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from heitu.stages.skills.files import Threshold

REPORTED, ACCEPTED, EXCELLENT = 2, 3, 4
# "Clearly faster" is twice the baseline even at the unlucky end of the 95% interval, and measured on a real device.
CLEARLY_FASTER = 2.0


def level_of_success(*, judged: bool, speedup_low: float | None = None, simulated: bool = False) -> int:
    """The level at which a successful case shows its skills.

    Judged by people alone (a report): 2, a routine task done independently. A delivery that the machine accepted: 3,
    for it met measured constraints. One that is clearly faster than the baseline: 4. Level 5, changing how the field
    does it, no single case can show; experts give it.
    """
    if not judged:
        return REPORTED
    is_clear = speedup_low is not None and speedup_low >= CLEARLY_FASTER and not simulated
    return EXCELLENT if is_clear else ACCEPTED


@dataclass(frozen=True)
class Shown:
    """One evidence: which skill, at which level (1 … 5), when."""

    skill: str
    level: int
    at: datetime


@dataclass(frozen=True)
class Step:
    """A level of a ladder with its thresholds."""

    slug: str
    rank: int
    thresholds: tuple[Threshold, ...]


@dataclass(frozen=True)
class Progress:
    """How far one threshold is met: evidences and different skills, each had and wanted."""

    threshold: Threshold
    count: int
    skills: int

    @property
    def is_met(self) -> bool:
        return self.count >= self.threshold.count and self.skills >= self.threshold.skills


@dataclass(frozen=True)
class Standing:
    """The highest step reached (None: none yet), the next one (None: at the top) and how far that is met."""

    reached: Step | None
    following: Step | None
    progress: tuple[Progress, ...]


def progress(threshold: Threshold, shown: Iterable[Shown], *, now: datetime) -> Progress:
    since = now - timedelta(days=threshold.within_days) if threshold.within_days else None
    counted = [one for one in shown if one.level >= threshold.level and (since is None or one.at >= since)]
    return Progress(threshold, len(counted), len({one.skill for one in counted}))


def standing(steps: Sequence[Step], shown: Sequence[Shown], *, now: datetime) -> Standing:
    """Climb from the lowest rank; a step counts only when every threshold on it and below it is met."""
    reached: Step | None = None
    for step in sorted(steps, key=lambda step: step.rank):
        way = tuple(progress(threshold, shown, now=now) for threshold in step.thresholds)
        if not all(one.is_met for one in way):
            return Standing(reached, step, way)
        reached = step
    return Standing(reached, None, ())
