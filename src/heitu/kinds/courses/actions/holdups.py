"""Notebooks that can't be graded for a fault of ours: they stay queued, say why, and are tried again by themselves.

It is tried at growing intervals without an end, so that it goes on once the machine is well. One hand-in is charged once,
however often it is tried. Those at fault come after all others, so that one notebook can't hold up its class.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Min, QuerySet, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from heitu.engines.sandbox.errors import BrokenCall, LayersMissing, SandboxFault
from heitu.ground.core.faults import at_fault
from heitu.ground.core.text import Text
from heitu.ground.people.actions import notify
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Notification, Person
from heitu.ground.people.queries import persons_with_role
from heitu.kinds.courses.enums import Grading, HeldBy
from heitu.kinds.courses.models import Offering
from heitu.kinds.courses.queries.labs import Source

FIRST_WAIT, LONGEST_WAIT = 10, 600  # seconds
LASTING = timedelta(minutes=5)  # a machine that is restarted, say, is nobody's business
TOLD_EVERY = timedelta(hours=1)
KIND = "grading_held_up"


def hold_up(rows: QuerySet[Any], *, fault: Exception, now: datetime) -> int:
    """Back to the queue, with the reason: those that were being graded, or all where none was. `rows` are those in hand,
    of which only one worker grades any. Answers in how many seconds to try again: after as long as it has lasted."""
    taken = list(rows.filter(grading=Grading.RUNNING).values_list("pk", flat=True))
    held = rows.filter(pk__in=taken) if taken else rows
    held.update(grading=Grading.QUEUED, held_since=Coalesce("held_since", Value(now)), held_by=blamed(fault))
    since = held.aggregate(since=Min("held_since"))["since"] or now
    return min(max(int((now - since).total_seconds()), FIRST_WAIT), LONGEST_WAIT)


def blamed(fault: Exception) -> HeldBy:
    """What of ours is at fault, as far as the exception tells."""
    if isinstance(fault, BrokenCall):
        return HeldBy.TOOLCHAIN
    return HeldBy.SANDBOX if isinstance(fault, (LayersMissing, SandboxFault)) else HeldBy(at_fault(fault))


def tell(tests: Source, offerings: Iterable[Offering], *, fault: Exception, now: datetime) -> None:
    """Once it has lasted, and at most hourly: the classes' teachers that notebooks wait, the office with the machine's words."""
    for offering in offerings:
        url, why = reverse("class_lab", args=[offering.pk, tests.lab]), blamed(fault).text
        _notify(offering.teachers.all(), f"{offering.title}：{why.zh}", f"{offering.title}: {why.en}", url, now)
    said = f"{tests.lab}: {type(fault).__name__}: {fault}"[:400]
    _notify(persons_with_role(Role.OFFICER), said, said, reverse("machine_list"), now)


def _notify(people: Iterable[Person], zh: str, en: str, url: str, now: datetime) -> None:
    if Notification.objects.filter(kind=KIND, url=url, created_at__gt=now - TOLD_EVERY).exists():
        return
    title = Text(zh="实验批改受阻，恢复后自动继续", en="Labs can’t be graded at present; it goes on by itself")
    notify(people=people, kind=KIND, title=title, body=Text(zh=zh, en=en), url=url, now=now)
