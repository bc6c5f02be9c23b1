"""Verdicts that a person must look at: they have no rank, and win no race, until somebody has decided."""

from __future__ import annotations

from datetime import datetime

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_officer
from heitu.stages.applications.rules import is_member
from heitu.stages.calls.rules import acts_as_owner
from heitu.stages.deliverables.models import Clearance, Deliverable, Verdict
from heitu.stages.deliverables.notices import tell_clearance


def can_clear(person: Person | None, deliverable: Deliverable) -> bool:
    """The call's owner and officers, unless they are in the team, of a verdict with a doubt."""
    if person is None or not person.is_active or is_member(person, deliverable.application):
        return False
    is_doubtful = hasattr(deliverable, "verdict") and deliverable.verdict.is_doubtful
    return is_doubtful and (is_officer(person) or acts_as_owner(person, deliverable.application.call))


@atomic
def decide(*, verdict: Verdict, is_cleared: bool, reason: str, by: Person, now: datetime) -> Clearance:
    """Let a doubtful verdict count, or set it aside, and tell the team; deciding again replaces what was decided.

    Raises Refused `no_reason`, or `no_doubt` where there is none, or another verdict is in force by now.
    """
    deliverable = Deliverable.objects.select_for_update().get(pk=verdict.of_id)
    if not reason.strip():
        raise refuse("no_reason", "请写明理由。", "Say why.", field="reason")
    if not verdict.is_doubtful or not Verdict.objects.filter(pk=verdict.pk, deliverable=deliverable).exists():
        raise refuse("no_doubt", "现行的评测结果没有疑点。", "There is no doubt about the verdict in force.")
    decided = {"is_cleared": is_cleared, "reason": reason.strip(), "decided_by": by, "decided_at": now}
    made, _ = Clearance.objects.update_or_create(verdict=verdict, defaults=decided)
    done = "cleared" if is_cleared else "set_aside"
    record(action=f"deliverable.{done}", by=by, now=now, subject=deliverable, detail={"reason": made.reason, "verdict": verdict.pk})
    tell_clearance(clearance=made, now=now)
    return made


def why_not_payable(verdict: Verdict) -> Text | None:
    """What stands in the way of a version's being accepted; None where nothing does."""
    number = verdict.of.version
    if verdict.is_in_doubt:
        return Text(
            zh=f"第 {number} 版的评测结果有疑点：请先到该版页面作出决定。",
            en=f"The verdict on version {number} is in doubt: decide about it on that version's page first.",
        )
    if verdict.is_set_aside:
        return Text(zh=f"第 {number} 版已被认定不计。", en=f"Version {number} was set aside and doesn't count.")
    return None
