"""Paying for accepted work: a proposal, its approvals, and the ledger's transfer."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.engines.ledger.models import Transfer
from heitu.ground.people.models import Person
from heitu.stages.settlement.enums import PayoutStatus
from heitu.stages.work.models import Milestone


class Payout(models.Model):
    """What is to be paid for one milestone; needs one approval, or two above the programme's threshold."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="payouts")
    amount = models.PositiveBigIntegerField(help_text="fen")
    proposed_by = models.ForeignKey(Person, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approvals_needed = models.PositiveSmallIntegerField(default=1)
    status = models.CharField(max_length=10, choices=PayoutStatus, default=PayoutStatus.PROPOSED)
    transfer = models.OneToOneField(Transfer, models.PROTECT, null=True, blank=True, related_name="payout")
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["milestone"], condition=~Q(status="refused"), name="payout_once_per_milestone"
            ),
            models.CheckConstraint(
                condition=~Q(status="paid") | Q(transfer__isnull=False), name="paid_payout_has_a_transfer"
            ),
        ]


class Approval(models.Model):
    payout = models.ForeignKey(Payout, models.PROTECT, related_name="approvals")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["payout", "person"], name="approval_once_per_person")]
