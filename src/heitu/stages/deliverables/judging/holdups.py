"""Work whose judging keeps failing for faults of ours: it stays queued and says why, and the office is told.

It is tried again at growing intervals without an end, so that it goes on by itself once the machine is well. Neither
the team's quota nor the three tries that a fault of the judge has are charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain

from django.db.models import Q
from procrastinate import RetryDecision
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job
from procrastinate.retry import BaseRetryStrategy

from heitu.ground.core.faults import at_fault
from heitu.ground.core.text import Text
from heitu.ground.people.models import Notification
from heitu.stages.deliverables.enums import HeldBy, JudgingStatus
from heitu.stages.deliverables.judging.machines import OWN, Unfit, alive
from heitu.stages.deliverables.models import Deliverable, Rejudgement
from heitu.stages.deliverables.notices import HELD_UP, UNSERVED, tell_held_up, tell_no_machine, unserved_title

FIRST_WAIT, LONGEST_WAIT = 10, 600  # seconds
LASTING = timedelta(minutes=5)  # a database that is restarted, say, is nobody's business
TOLD_EVERY = timedelta(hours=1)
UNSERVED_EVERY = timedelta(days=1)  # to be mended by installing something, on a machine that may have to be bought
LOST_AFTER = timedelta(minutes=10)
JUDGING = "heitu.stages.deliverables.tasks.judge_deliverable"
REJUDGING = "heitu.stages.deliverables.tasks.rejudge"
AT_WORK = (JudgingStatus.QUEUED, JudgingStatus.RUNNING)


class Patience(BaseRetryStrategy):
    """After 10 seconds, 20, … and every ten minutes in the end; never given up."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision:
        return RetryDecision(retry_in={"seconds": min(FIRST_WAIT * (job.attempts + 1), LONGEST_WAIT)})


def hold_up(*, work: Deliverable | Rejudgement, fault: Exception, now: datetime) -> None:
    """Back to the queue as it came, with the reason. The office is told once it has lasted, and at most hourly."""
    held = type(work)._default_manager.filter(pk=work.pk, judging=JudgingStatus.RUNNING)
    since = work.held_since or now
    is_held = held.update(judging=JudgingStatus.QUEUED, tries=work.tries - 1, held_since=since, held_by=_blamed(fault))
    if is_held and now - since >= LASTING and not _told_lately(now):
        tell_held_up(deliverable=version_of(work), fault=fault, now=now)


def version_of(work: Deliverable | Rejudgement) -> Deliverable:
    """What is judged, the first time or anew."""
    return work if isinstance(work, Deliverable) else work.deliverable


def _blamed(fault: Exception) -> HeldBy:
    return fault.blamed if isinstance(fault, Unfit) else HeldBy(at_fault(fault))


def _told_lately(now: datetime) -> bool:
    return Notification.objects.filter(kind=HELD_UP, created_at__gt=now - TOLD_EVERY).exists()


# What is asked of them


def listed(most: int) -> list[tuple[Deliverable, Text, datetime]]:
    """Versions that wait because of us, what is at fault and since when, those to be judged anew last. Two queries."""
    is_held = Q(held_since__isnull=False, judging=JudgingStatus.QUEUED)
    versions = Deliverable.objects.filter(is_held).select_related("application__call").order_by("held_since")[:most]
    anew = Rejudgement.objects.filter(is_held, decision="").select_related("deliverable__application__call")
    works: list[Deliverable | Rejudgement] = [*versions, *anew.order_by("held_since")[:most]]
    return [(version_of(each), HeldBy(each.held_by).text, each.held_since) for each in works[:most] if each.held_since]


@dataclass(frozen=True)
class Unserved:
    """How many wait for a toolchain that no machine at work has, and since when the first does."""

    toolchain: str
    number: int
    since: datetime


def unserved(*, now: datetime) -> list[Unserved]:
    """Versions, and judgings anew. Three queries."""
    able = {name for names in alive(now).values_list("toolchains", flat=True) for name in names}
    versions = Deliverable.objects.filter(judging=JudgingStatus.QUEUED).values_list("toolchain", "submitted_at")
    anew = Rejudgement.objects.filter(judging=JudgingStatus.QUEUED, decision="").values_list("deliverable__toolchain", "asked_at")
    waiting: dict[str, list[datetime]] = {}
    for name, at in chain(versions, anew):
        waiting.setdefault(name or OWN, []).append(at)
    return [Unserved(name, len(moments), min(moments)) for name, moments in sorted(waiting.items()) if name not in able]


def tell_unserved(*, now: datetime) -> None:
    """Tell the office of work that has waited so for some minutes, once a day."""
    for each in unserved(now=now):
        title = unserved_title(each.toolchain)
        lately = Notification.objects.filter(kind=UNSERVED, created_at__gt=now - UNSERVED_EVERY, title__zh=title.zh)
        if each.since <= now - LASTING and not lately.exists():
            tell_no_machine(title=title, number=each.number, now=now)


def words(deliverable: Deliverable) -> Text | None:
    """The hold-up in a sentence for the team; None where there is none."""
    return _said(deliverable, "不用重新提交：恢复后自动评测，不计入您的次数。", "Nothing to hand in again: it goes on by itself, and "
                 "you aren’t charged for it.")


def words_anew(rejudgement: Rejudgement) -> Text | None:
    """The hold-up of a judging anew, for those who asked for it; None where there is none."""
    return _said(rejudgement, "恢复后自动评测，原结论不变。", "It goes on by itself; the old verdict stands meanwhile.")


def _said(work: Deliverable | Rejudgement, then_zh: str, then_en: str) -> Text | None:
    if work.held_since is None or work.judging != JudgingStatus.QUEUED:
        return None
    why = HeldBy(work.held_by).text
    return Text(zh=f"评测受阻：{why.zh}。{then_zh}", en=f"Judging is held up: {why.en[0].lower()}{why.en[1:]}. {then_en}")


def lost(*, now: datetime) -> list[Deliverable]:
    """Versions that say they wait or run, but have no job: one that was given up or deleted, say."""
    known = _with_jobs(JUDGING, "deliverable_id")
    waiting = Deliverable.objects.filter(judging__in=AT_WORK, submitted_at__lt=now - LOST_AFTER)
    return [each for each in waiting if each.pk not in known]


def lost_anew(*, now: datetime) -> list[Rejudgement]:
    """The same of what is to be judged anew."""
    known = _with_jobs(REJUDGING, "rejudgement_id")
    waiting = Rejudgement.objects.filter(judging__in=AT_WORK, decision="", asked_at__lt=now - LOST_AFTER)
    return [each for each in waiting.select_related("deliverable") if each.pk not in known]


def _with_jobs(task: str, key: str) -> set[int]:
    jobs = ProcrastinateJob.objects.filter(task_name=task, status__in=["todo", "doing"])
    return {args.get(key) for args in jobs.values_list("args", flat=True)}
