"""Judging a version anew, into a shadow that a person compares with the verdict in force, and promotes or leaves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from heitu.engines.judge import Verdict as Judged
from heitu.engines.judge.replay import Remark, outcomes
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.queue import job
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_officer
from heitu.stages.applications.rules import is_member
from heitu.stages.calls.rules import acts_as_owner
from heitu.stages.deliverables.actions import queue_judging, write_verdict
from heitu.stages.deliverables.enums import Decision, JudgingStatus
from heitu.stages.deliverables.judging.holdups import words_anew
from heitu.stages.deliverables.judging.machines import queue_of
from heitu.stages.deliverables.judging.turns import LAST
from heitu.stages.deliverables.models import Deliverable, Rejudgement, Verdict
from heitu.stages.deliverables.notices import tell_judge_failed, tell_verdict


def can_rejudge(person: Person | None, deliverable: Deliverable) -> bool:
    """The call's owner and officers, unless they are in the team; what people judge, no machine judges anew."""
    if person is None or not person.is_active or is_member(person, deliverable.application):
        return False
    is_judged = deliverable.judging in (JudgingStatus.DONE, JudgingStatus.FAILED)
    return is_judged and (is_officer(person) or acts_as_owner(person, deliverable.application.call))


@atomic
def ask(*, deliverable: Deliverable, reason: str, by: Person, now: datetime) -> Rejudgement | None:
    """Queue it, at low priority. A version that the judge failed on is queued as new, into no shadow: None.

    Raises Refused `no_reason`, or `already_asked` where one isn't decided yet.
    """
    deliverable = Deliverable.objects.select_for_update().get(pk=deliverable.pk)
    if not reason.strip():
        raise refuse("no_reason", "请写明为什么要重新评测。", "Say why it is to be judged anew.", field="reason")
    if Rejudgement.objects.filter(deliverable=deliverable, decision="").exists():
        raise refuse("already_asked", "已有一次重新评测还没有定论。", "A judging anew is still undecided.")
    record(action="deliverable.rejudging", by=by, now=now, subject=deliverable, detail={"reason": reason.strip()})
    if deliverable.judging == JudgingStatus.FAILED:
        Deliverable.objects.filter(pk=deliverable.pk).update(judging=JudgingStatus.QUEUED, tries=0)
        queue_judging(deliverable)
        return None
    made = Rejudgement.objects.create(deliverable=deliverable, asked_by=by, asked_at=now, reason=reason.strip())
    queue(made)
    return made


def queue(rejudgement: Rejudgement, *, wait_seconds: int = 0) -> None:
    """Defer it in the same transaction."""
    job(
        "heitu.stages.deliverables.tasks.rejudge", queue=queue_of(rejudgement.deliverable.toolchain or "numpy"),
        priority=LAST, schedule_in={"seconds": wait_seconds},
    ).defer(rejudgement_id=rejudgement.pk)


@atomic
def keep_shadow(*, rejudgement: Rejudgement, found: Judged, now: datetime) -> Rejudgement:
    """Write down what the judge found now; a second time changes nothing."""
    row = Rejudgement.objects.select_for_update(of=("self",)).select_related("deliverable").get(pk=rejudgement.pk)
    if row.shadow is None:
        row.shadow = write_verdict(
            row.deliverable, found.as_json(), found.as_json("participant"), in_force=False, now=now
        )
        row.judging, row.held_since, row.held_by = JudgingStatus.DONE, None, ""
        row.save(update_fields=["shadow", "judging", "held_since", "held_by"])
    return row


def give_up(*, rejudgement: Rejudgement, now: datetime) -> None:
    """The judge failed on it three times: the verdict in force stands, and the office is told."""
    Rejudgement.objects.filter(pk=rejudgement.pk).update(judging=JudgingStatus.FAILED)
    tell_judge_failed(deliverable=rejudgement.deliverable, now=now)


@atomic
def decide(*, rejudgement: Rejudgement, decision: Decision, by: Person, now: datetime) -> None:
    """Put the shadow in force, and tell the team, or leave it aside. Raises Refused `not_judged`, `already_decided`."""
    deliverable = Deliverable.objects.select_for_update().get(pk=rejudgement.deliverable_id)
    row = Rejudgement.objects.get(pk=rejudgement.pk)
    if row.decision:
        raise refuse("already_decided", "这次重新评测已有定论。", "This judging anew was decided before.")
    if row.shadow is None and decision == Decision.PROMOTED:
        raise refuse("not_judged", "重新评测还没有结果。", "There is no new verdict yet.")
    row.decision, row.decided_by, row.decided_at = decision, by, now
    row.save(update_fields=["decision", "decided_by", "decided_at"])
    record(action=f"deliverable.shadow_{decision}", by=by, now=now, subject=deliverable, detail={"rejudgement": row.pk})
    if row.shadow is not None and decision == Decision.PROMOTED:
        _put_in_force(row.shadow, deliverable)
        tell_verdict(verdict=row.shadow, now=now)


def _put_in_force(shadow: Verdict, deliverable: Deliverable) -> None:
    Verdict.objects.filter(deliverable=deliverable).update(deliverable=None)
    Verdict.objects.filter(pk=shadow.pk).update(deliverable=deliverable)


def shown(deliverable: Deliverable, viewer: Person | None) -> dict[str, Any] | None:
    """What the version's page says of it to those who may ask for it, None for others.

    `rows`: (rejudgement, what is alike and otherwise in its shadow, what holds it up); `may_ask`: whether none is
    undecided.
    """
    if not can_rejudge(viewer, deliverable):
        return None
    verdict: Verdict | None = getattr(deliverable, "verdict", None)
    rows = deliverable.rejudgements.select_related("asked_by", "decided_by", "shadow")
    return {
        "rows": [(row, compared(row, verdict), words_anew(row)) for row in rows],
        "may_ask": all(row.decision for row in rows) and not (verdict and verdict.is_simulated),
    }


def compared(row: Rejudgement, verdict: Verdict | None) -> list[Remark]:
    """What the shadow and the verdict in force say alike and otherwise; nothing once it is decided."""
    if row.shadow is None or verdict is None or row.decision:
        return []
    return list(outcomes(verdict.record, row.shadow.record))
