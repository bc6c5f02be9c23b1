"""From accepted work to paid: propose, approve (twice above a threshold), pay, or send back."""

from __future__ import annotations

from datetime import datetime

from heitu.engines.ledger import actions as ledger
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.stages.settlement.enums import PayoutStatus
from heitu.stages.settlement.models import Approval, Payout
from heitu.stages.settlement.rules import why_not_approve
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Milestone


@atomic
def propose(
    *, milestone: Milestone, amount: int, two_person_over: int | None, by: Person, now: datetime
) -> Payout:
    """Accept a milestone's work for `amount` fen and ask finance to pay it.

    Raises Refused `payout_amount` unless 0 < amount ≤ what the milestone holds.
    """
    if not 0 < amount <= milestone.amount:
        raise refuse(
            "payout_amount", "验收金额须大于零且不超过预留的金额。",
            "The accepted amount must be above zero and within what is held.", field="earned",
            limit=milestone.amount,
        )
    milestone.earned, milestone.status = amount, MilestoneStatus.ACCEPTED
    milestone.save(update_fields=["earned", "status"])
    payout = Payout.objects.create(
        milestone=milestone, amount=amount, proposed_by=by, proposed_at=now,
        approvals_needed=2 if two_person_over is not None and amount > two_person_over else 1,
    )
    record(action="payout.proposed", by=by, now=now, subject=payout, detail={"fen": amount})
    return payout


@atomic
def approve(*, payout: Payout, by: Person, now: datetime) -> bool:
    """Add an approval; True when there are enough to pay.

    Raises Refused `payout_own` or `payout_approved_before`.
    """
    reason = why_not_approve(payout, by)
    if reason is not None:
        raise refuse("payout_own", reason.zh, reason.en)
    given = set(payout.approvals.values_list("person_id", flat=True))
    if by.pk in given:
        raise refuse(
            "payout_approved_before", "您已批准过，需另一位财务人员复核。",
            "You have approved this already; a second person must.",
        )
    Approval.objects.create(payout=payout, person=by, at=now)
    record(action="payout.approved", by=by, now=now, subject=payout)
    return len(given) + 1 >= payout.approvals_needed


@atomic
def pay(*, payout: Payout, by: Person | None, now: datetime) -> Payout:
    """Post the milestone's hold for the approved amount; what was held beyond it is released."""
    payout.transfer = ledger.settle_hold(
        hold=payout.milestone.hold, amount=payout.amount, by=by, now=now, key=f"payout:{payout.pk}",
    )
    payout.status, payout.ended_at = PayoutStatus.PAID, now
    payout.save(update_fields=["transfer", "status", "ended_at"])
    milestone = payout.milestone
    milestone.status, milestone.ended_at = MilestoneStatus.PAID, now
    milestone.save(update_fields=["status", "ended_at"])
    record(action="payout.paid", by=by, now=now, subject=payout, detail={"fen": payout.amount})
    return payout


@atomic
def cancel(*, payout: Payout, by: Person | None, now: datetime) -> None:
    """Send a proposal back: the milestone is open again, its money still held."""
    payout.status, payout.ended_at = PayoutStatus.REFUSED, now
    payout.save(update_fields=["status", "ended_at"])
    milestone = payout.milestone
    milestone.status, milestone.earned = MilestoneStatus.RUNNING, None
    milestone.save(update_fields=["status", "earned"])
    record(action="payout.sent_back", by=by, now=now, subject=payout)
