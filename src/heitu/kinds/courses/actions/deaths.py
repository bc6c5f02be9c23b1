"""Notebooks over which workers die: the process that grades ended without a word, killed for want of memory, say.

Whoever was in hand then is under suspicion, and from there on is graded while nobody else is, so that the next death tells.
After three deaths it is given up: one notebook mustn't take its class's worker down for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse

from heitu.ground.core.text import Text
from heitu.ground.people.actions import notify
from heitu.ground.people.enums import Role
from heitu.ground.people.queries import persons_with_role
from heitu.kinds.courses.enums import Grading
from heitu.kinds.courses.models import LabSubmission

MOST = 3
KIND = "grading_given_up"
SUSPECTS_LAST = F("deaths").asc()


def count(rows: QuerySet[Any], **more: object) -> int:
    """What a dead worker had in hand goes back to the queue with one death more, and with `more` set; answers how many did."""
    return rows.filter(grading=Grading.RUNNING).update(grading=Grading.QUEUED, deaths=F("deaths") + 1, **more)


def is_to_wait(row: Any, rows: QuerySet[Any]) -> bool:
    """Whether it can't begin now: a suspect runs alone."""
    running = rows.filter(grading=Grading.RUNNING)
    return running.exists() if row.deaths else running.filter(deaths__gt=0).exists()


def tell(given_up: Iterable[LabSubmission], *, now: datetime) -> None:
    """Each one's teachers, with what they can do, and the office, whose machine it is."""
    title = Text(zh="一份实验未能批改，需要您处理", en="A lab could not be graded and needs you")
    for made in given_up:
        offering, name = made.enrolment.offering, made.enrolment.person.name
        body = Text(
            zh=f"{offering.title} · {made.lab} · {name}：批改它的进程 {MOST} 次异常中断。问题不在学生，算力已退回，也不影响别人。"
            "可以下载原件，在成绩册直接给分；也可以请学生再交一次。",
            en=f"{offering.title} · {made.lab} · {name}: the process that graded it died {MOST} times. It isn't the student's fault, "
            "the compute is given back, and nobody else is touched. Read the notebook and put a mark into the gradebook, or ask "
            "the student to hand in again.",
        )
        notify(
            people=offering.teachers.all(), kind=KIND, title=title, body=body,
            url=reverse("class_lab", args=[offering.pk, made.lab]), now=now,
        )
        zh, en = "批改进程反复中断，查看内存和日志", "A grading process died again and again: look at memory and logs"
        said = f"{made.lab} #{made.pk}"
        notify(
            people=persons_with_role(Role.OFFICER), kind=KIND, title=Text(zh=zh, en=en), body=Text(zh=said, en=said),
            url=reverse("machine_list"), now=now,
        )
