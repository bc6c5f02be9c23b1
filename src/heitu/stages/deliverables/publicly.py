"""What may be known of a model's verdict while its call runs: the figures on the public rows, not on those that decide.

Else a team could fit its model to the rows that decide, version by version. Whoever may have the evidence knows all.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any

from heitu.ground.people.models import Person
from heitu.ground.people.rules import sees_everything
from heitu.stages.calls.models import Call
from heitu.stages.calls.rules import acts_as_owner
from heitu.stages.deliverables.models import Deliverable, Verdict


def knows_what_decides(person: Person | None, call: Call) -> bool:
    """The call's owner, the office and auditors at once, everybody when the call is over."""
    return call.case.closed_at is not None or acts_as_owner(person, call) or sees_everything(person)


def seen_by(person: Person | None, call: Call, deliverables: list[Deliverable]) -> list[Deliverable]:
    """The call's versions, with their verdicts as the person may see them."""
    if not knows_what_decides(person, call):
        for each in deliverables:
            if hasattr(each, "verdict"):
                each.verdict = as_public(each.verdict)
    return deliverables


def as_public(verdict: Verdict) -> Verdict:
    """A copy, never to be saved, with the public rows' figures; the verdict itself where it has none, as an operator's."""
    low, high = verdict.public_low, verdict.public_high
    if low is None or high is None:
        return verdict
    seen = copy(verdict)
    seen.measure, seen.measure_low, seen.measure_high, seen.score = verdict.public_measure, low, high, None
    seen.rank_low, seen.rank_high = (low, high) if verdict.measure_higher else (-high, -low)
    if "shown" not in verdict.get_deferred_fields():
        seen.shown = _without_what_decides(verdict.shown)
    return seen


def _without_what_decides(shown: Mapping[str, Any]) -> dict[str, Any]:
    return {**shown, "measure": shown["public_measure"], "score": None, "is_public": True}
