"""Ranks that don't pretend: whoever can't be told apart shares a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from heitu.stages.calls.enums import DeliverableKind

RANKED = frozenset({DeliverableKind.OPERATOR, DeliverableKind.MODEL})  # what has a figure with an interval


@dataclass(frozen=True)
class Entry:
    """One team's best accepted verdict, with the interval that ranks it: more is better.

    It is of an operator's speed-up over the baseline, or of a model's measure, its sign turned where less is better.
    """

    team: str
    low: float
    high: float
    at: datetime


@dataclass(frozen=True)
class Ranked:
    rank: int
    entry: Entry


def rank(entries: Sequence[Entry]) -> list[Ranked]:
    """Order by the interval's lower end, then by time; an interval that reaches the group's best shares its rank."""
    ordered = sorted(entries, key=lambda entry: (-entry.low, entry.at))
    ranked: list[Ranked] = []
    leader: Ranked | None = None
    for place, entry in enumerate(ordered, start=1):
        if leader is not None and entry.high >= leader.entry.low:
            ranked.append(Ranked(leader.rank, entry))
            continue
        leader = Ranked(place, entry)
        ranked.append(leader)
    return ranked
