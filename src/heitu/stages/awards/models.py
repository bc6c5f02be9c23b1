"""What a team was given: the money it may earn, in an account of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from heitu.stages.applications.models import Application


class Award(models.Model):
    """An offer, then an agreement. The money sits in ledger account `award:<pk>`."""

    application = models.OneToOneField(Application, models.PROTECT, related_name="award")
    amount = models.PositiveBigIntegerField(help_text="fen")
    offered_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="award_is_positive")]

    @property
    def account_code(self) -> str:
        return f"award:{self.pk}"
