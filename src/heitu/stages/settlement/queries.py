"""Payouts that wait, and what was paid."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from heitu.stages.applications.models import Application
from heitu.stages.settlement.enums import PayoutStatus
from heitu.stages.settlement.models import Approval, Payout


def proposed(application: Application) -> Payout | None:
    """The payout of this case that waits for approval, if any."""
    payout = (
        Payout.objects.filter(milestone__award__application=application, status=PayoutStatus.PROPOSED)
        .select_related("milestone__hold")
        .first()
    )
    if payout is not None:
        payout.milestone.award = application.award
    return payout


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


def payouts_of(application: Application) -> list[Payout]:
    """Every payout of the case with its approvals, newest first. Two queries."""
    return list(
        Payout.objects.filter(milestone__award__application=application)
        .select_related("milestone", "proposed_by")
        .prefetch_related(Prefetch("approvals", Approval.objects.select_related("person")))
    )
