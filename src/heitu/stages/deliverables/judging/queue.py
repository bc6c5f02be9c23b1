"""How long a version still waits for the judge."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from statistics import median

from django.db.models import Count, Q

from heitu.ground.core.text import Text
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging.machines import OWN, alive
from heitu.stages.deliverables.models import Deliverable, Rejudgement, Verdict

LATELY = 20  # judgings whose median is taken for the usual
NO_MACHINE = Text(
    zh="现在没有能评测这份提交物的机器在线，有了就自动开始。",
    en="No machine that can judge this is at work now; it starts by itself as soon as one is.",
)


@dataclass(frozen=True)
class Place:
    """`ahead` are queued before it for the same machines, of which there are `machines`; `running` are being judged by
    them now, and `usual` is what one judging takes, in seconds."""

    ahead: int
    running: int
    machines: int
    usual: float | None = None

    @property
    def must_end(self) -> int:
        """How many judgings must end before a machine is free for this one."""
        free = max(self.machines - self.running, 0)
        return max(self.ahead - free + 1, 0)

    @property
    def wait(self) -> float | None:
        """Seconds until its turn, as a guess: the machines end one after another, and now are half done."""
        if self.usual is None or not self.machines or not self.must_end:
            return None
        return self.usual * (self.must_end - 0.5) / self.machines

    @property
    def words(self) -> Text:
        """The place in one sentence, with the guess where there is one."""
        before = self.ahead + self.running
        if not self.machines:
            return _with(before, NO_MACHINE)
        if not self.must_end:
            return _with(before, Text(zh="即将开始。", en="About to start."))
        if self.wait is None:
            return _with(before, Text(zh="", en=""))
        wait = about(self.wait)
        return _with(before, Text(zh=f"大约 {wait.zh}后开始。", en=f"It starts in about {wait.en}."))


def _with(before: int, then: Text) -> Text:
    if not before:
        return then
    zh, en = f"排队中，前面还有 {before} 个。{then.zh}", f"In the queue, {before} before it. {then.en}"
    return Text(zh=zh, en=en.strip())


def place_of(deliverable: Deliverable, *, now: datetime) -> Place:
    """Where a queued version stands, by the order in which the machines take what waits. Four queries, less where
    nothing is before it.

    What needs another toolchain counts where a machine that has both may take it first; what is held up doesn't.
    """
    able = list(alive(now).filter(toolchains__contains=[deliverable.toolchain or OWN]).values_list("toolchains", flat=True))
    needs = {deliverable.toolchain, *chain.from_iterable(able)}
    queued = Q(judging=JudgingStatus.QUEUED, held_since__isnull=True) & _is_before(deliverable)
    at_work = Deliverable.objects.filter(toolchain__in=needs, judging__in=[JudgingStatus.QUEUED, JudgingStatus.RUNNING])
    counts = at_work.aggregate(
        ahead=Count("pk", filter=queued), running=Count("pk", filter=Q(judging=JudgingStatus.RUNNING)),
    )
    anew = Rejudgement.objects.filter(judging=JudgingStatus.RUNNING, decision="", deliverable__toolchain__in=needs).count()
    ahead, running = counts["ahead"], counts["running"] + anew
    return Place(ahead, running, len(able), usual_seconds() if able and (ahead or running) else None)


def _is_before(deliverable: Deliverable) -> Q:
    return Q(turn__lt=deliverable.turn) | Q(turn=deliverable.turn, pk__lt=deliverable.pk)


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
