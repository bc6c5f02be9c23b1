"""Milestones, extensions and the log of an award's work."""

from __future__ import annotations

from django.db.models import QuerySet

from heitu.engines.lifecycle.definitions import Programme
from heitu.ground.core.prepared import prepared
from heitu.ground.core.statements import Reading
from heitu.stages.applications.models import Application
from heitu.stages.awards.queries import award_of
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Extension, Milestone

_MILESTONES = Reading(Milestone, "hold", by="award")


def open_milestone(application: Application) -> Milestone | None:
    """The milestone whose money is held now, if any."""
    award = award_of(application)
    milestones = _MILESTONES.find_all(award.pk) if award else []
    running = [each for each in milestones if each.status not in (MilestoneStatus.PAID, MilestoneStatus.RELEASED)]
    found = max(running, key=lambda milestone: (milestone.started_at, milestone.pk), default=None)
    if found is not None and award is not None:
        found.award = award
    return found


def open_extension(application: Application) -> Extension | None:
    """The request for more time that waits for an answer, if any."""
    return _open_extension.first(application=application.pk)


def waiting_extension(application: Application) -> Extension | None:
    """As `open_extension`; one query for each loaded application."""
    return application.once("extension", lambda: open_extension(application))


@prepared(application=int)
def _open_extension(application: int) -> QuerySet[Extension]:
    return Extension.objects.filter(application=application, granted__isnull=True)


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
