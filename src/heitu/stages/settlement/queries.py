"""Payouts that wait, and what was paid."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from heitu.ground.core.statements import Reading
from heitu.stages.applications.models import Application
from heitu.stages.settlement.enums import PayoutStatus
from heitu.stages.settlement.models import Approval, Payout
from heitu.stages.work.queries import open_milestone

_PAYOUTS = Reading(Payout, by="milestone")


def proposed(application: Application) -> Payout | None:
    """The payout of this case that waits for approval, if any."""
    milestone = open_milestone(application)
    payouts = _PAYOUTS.find_all(milestone.pk) if milestone else []
    found = next((payout for payout in payouts if payout.status == PayoutStatus.PROPOSED), None)
    if found is not None and milestone is not None:
        found.milestone = milestone
    return found


def waiting() -> QuerySet[Payout]:
    """Every payout that waits for a finance officer, oldest first."""
    return (
        Payout.objects.filter(status=PayoutStatus.PROPOSED)
        .select_related(
            "proposed_by", "milestone__award__application__call", "milestone__award__application__team__institution"
        )
        .prefetch_related(Prefetch("approvals", Approval.objects.select_related("person")))
        .order_by("proposed_at", "pk")
    )
