"""A version whose judging keeps failing for faults of ours: it stays queued and says why, and the office is told.

It is tried again at growing intervals without an end, so that it goes on by itself once the machine is well. Neither
the team's quota nor the three tries that a fault of the judge has are charged.
"""

from __future__ import annotations

import errno
from datetime import datetime, timedelta

from django.db import Error as DatabaseError
from django.db.models import Q
from procrastinate import RetryDecision
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from heitu.ground.core.text import Text
from heitu.ground.people.models import Notification
from heitu.stages.deliverables.enums import HeldBy, JudgingStatus
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.notices import HELD_UP, tell_held_up

FIRST_WAIT, LONGEST_WAIT = 10, 600  # seconds
LASTING = timedelta(minutes=5)  # a database that is restarted, say, is nobody's business
TOLD_EVERY = timedelta(hours=1)
LOST_AFTER = timedelta(minutes=10)
JUDGING = "heitu.stages.deliverables.tasks.judge_deliverable"
_NO_SPACE = ("53100",)  # PostgreSQL's disk_full


class Patience(BaseRetryStrategy):
    """After 10 seconds, 20, … and every ten minutes in the end; never given up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(FIRST_WAIT * (job.attempts + 1), LONGEST_WAIT)})


def hold_up(*, deliverable: Deliverable, fault: Exception, now: datetime) -> None:
    """Back to the queue as it came, with the reason. The office is told once it has lasted, and at most hourly."""
    held = Deliverable.objects.filter(pk=deliverable.pk, judging=JudgingStatus.RUNNING)
    since = deliverable.held_since or now
    is_held = held.update(
        judging=JudgingStatus.QUEUED, tries=deliverable.tries - 1, held_since=since, held_by=_blamed(fault)
    )
    if is_held and now - since >= LASTING and not _told_lately(now):
        tell_held_up(deliverable=deliverable, fault=fault, now=now)


def _blamed(fault: Exception) -> HeldBy:
    """What of ours is at fault, as far as the exception tells."""
    if isinstance(fault, DatabaseError):
        is_full = getattr(fault.__cause__, "sqlstate", None) in _NO_SPACE
        return HeldBy.DISK if is_full else HeldBy.DATABASE
    if isinstance(fault, OSError):
        return HeldBy.DISK if fault.errno in (errno.ENOSPC, errno.EDQUOT) else HeldBy.FILES
    return HeldBy.FAULT


def _told_lately(now: datetime) -> bool:
    return Notification.objects.filter(kind=HELD_UP, created_at__gt=now - TOLD_EVERY).exists()


# What is asked of them


def listed(most: int) -> list[tuple[Deliverable, Text]]:
    """Versions that wait because of us, the longest first, with what is at fault. One query."""
    waiting = Deliverable.objects.filter(held_since__isnull=False, judging=JudgingStatus.QUEUED)
    found = waiting.select_related("application__call").order_by("held_since")[:most]
    return [(each, HeldBy(each.held_by).text) for each in found]


def words(deliverable: Deliverable) -> Text | None:
    """The hold-up in a sentence for the team; None where there is none."""
    if deliverable.held_since is None:
        return None
    why = HeldBy(deliverable.held_by).text
    return Text(
        zh=f"评测受阻：{why.zh}。不用重新提交：恢复后自动评测，不计入您的次数。",
        en=f"Judging is held up: {why.en[0].lower()}{why.en[1:]}. Nothing to hand in again: it goes on by itself, and "
        "you aren’t charged for it.",
    )


def lost(*, now: datetime) -> list[Deliverable]:
    """Versions that say they wait or run, but have no job: one that was given up or deleted, say."""
    jobs = ProcrastinateJob.objects.filter(task_name=JUDGING, status__in=["todo", "doing"])
    known = {args.get("deliverable_id") for args in jobs.values_list("args", flat=True)}
    at_work = Q(judging=JudgingStatus.QUEUED) | Q(judging=JudgingStatus.RUNNING)
    return [each for each in Deliverable.objects.filter(at_work, submitted_at__lt=now - LOST_AFTER) if each.pk not in known]
