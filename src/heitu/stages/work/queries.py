"""Milestones, extensions and the log of an award's work."""

from __future__ import annotations

from heitu.engines.lifecycle.definitions import Programme
from heitu.stages.applications.models import Application
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Extension, Milestone


def open_milestone(application: Application) -> Milestone | None:
    """The milestone whose money is held now, if any."""
    milestone = (
        Milestone.objects.filter(award__application=application)
        .exclude(status__in=[MilestoneStatus.PAID, MilestoneStatus.RELEASED])
        .select_related("hold")
        .order_by("-started_at", "-pk")
        .first()
    )
    if milestone is not None:
        milestone.award = application.award
    return milestone


def open_extension(application: Application) -> Extension | None:
    """The request for more time that waits for an answer, if any."""
    return Extension.objects.filter(application=application, granted__isnull=True).first()


def share_of(amount: int, *, programme: Programme, state: str) -> int:
    """Fen that milestone `state` holds of an award of `amount` fen.

    Shares are rounded down to the fen; the last milestone takes what rounding left over,
    so that shares of 100 per cent in all hold the whole award.
    """
    milestones = [(name, s.share) for name, s in programme.machines["case"].states.items() if s.share]
    *earlier, (last, _) = milestones
    if state != last or sum(share for _, share in milestones) < 100:
        return amount * dict(milestones)[state] // 100
    return amount - sum(amount * share // 100 for _, share in earlier)
