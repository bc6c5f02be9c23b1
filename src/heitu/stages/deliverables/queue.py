"""How long a version still waits for the judge."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from django.db.models import Count, Q

from heitu.ground.core.text import Text
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Verdict

LATELY = 20  # judgings whose median is taken for the usual


@dataclass(frozen=True)
class Place:
    """`ahead` are queued before it, `running` are being judged now, `usual` is what one judging takes, in seconds."""

    ahead: int
    running: int
    usual: float | None

    @property
    def wait(self) -> float | None:
        """Seconds until its turn, as a guess: as many workers as judge now, each half done with what it has."""
        if self.usual is None:
            return None
        return self.usual * (self.ahead / max(self.running, 1) + (0.5 if self.running else 0))

    @property
    def words(self) -> Text:
        """The place in one sentence, with the guess where there is one."""
        before = self.ahead + self.running
        if not before:
            return Text(zh="即将开始。", en="About to start.")
        zh, en = f"排队中，前面还有 {before} 个", f"In the queue, {before} before it"
        if self.wait is None:
            return Text(zh=f"{zh}。", en=f"{en}.")
        wait = about(self.wait)
        return Text(zh=f"{zh}，大约 {wait.zh}后开始。", en=f"{en}; it starts in about {wait.en}.")


def place_of(deliverable: Deliverable) -> Place:
    """Where a queued version stands. Two queries."""
    queued = Q(judging=JudgingStatus.QUEUED, submitted_at__lt=deliverable.submitted_at)
    counts = Deliverable.objects.filter(judging__in=[JudgingStatus.QUEUED, JudgingStatus.RUNNING]).aggregate(
        ahead=Count("pk", filter=queued), running=Count("pk", filter=Q(judging=JudgingStatus.RUNNING)),
    )
    return Place(counts["ahead"], counts["running"], usual_seconds())


def usual_seconds() -> float | None:
    """The median duration of the latest judgings, simulated ones apart; None before the first."""
    found = Verdict.objects.filter(is_simulated=False, seconds__isnull=False).order_by("-judged_at")
    lately = list(found.values_list("seconds", flat=True)[:LATELY])
    return median(lately) if lately else None


def about(seconds: float) -> Text:
    """Roughly: 20 秒 / 20 s, 3 分钟 / 3 minutes, 2 小时 / 2 hours."""
    if seconds < 55:
        rough = max(10 * round(seconds / 10), 5)
        return Text(zh=f"{rough} 秒", en=f"{rough} seconds")
    minutes = max(round(seconds / 60), 1)
    if minutes < 90:
        return Text(zh=f"{minutes} 分钟", en=f"{minutes} minute{'' if minutes == 1 else 's'}")
    return Text(zh=f"{round(minutes / 60)} 小时", en=f"{round(minutes / 60)} hours")
