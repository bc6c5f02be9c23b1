"""What people are told about judging."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from heitu.ground.core.text import Text
from heitu.ground.people.actions import notify
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.ground.people.queries import persons_with_role
from heitu.stages.deliverables.models import Clearance, Deliverable, Verdict
from heitu.stages.deliverables.shown.advice import doubts_of
from heitu.stages.deliverables.shown.words import outcome

HELD_UP, UNSERVED = "judging_held_up", "judging_unserved"
MOST_LETTERS = 300


def tell_verdict(*, verdict: Verdict, now: datetime) -> None:
    """Tell the team what the judge found, and the office and the call's owner what of it a person should look at."""
    deliverable, found = verdict.of, outcome(verdict)
    title = Text(
        zh=f"第 {deliverable.version} 版评测完成：{found.zh}", en=f"Version {deliverable.version} was judged: {found.en}"
    )
    notify(people=_team(deliverable), kind="verdict", title=title, body=_subject(deliverable), url=_url(deliverable), now=now)
    if doubts := doubts_of(verdict.shown.get("flags")):
        _tell_doubts(deliverable, doubts, now)


def _team(deliverable: Deliverable) -> QuerySet[Person]:
    team = deliverable.application.team
    return Person.objects.filter(team_memberships__team=team, team_memberships__left_at__isnull=True)


def tell_clearance(*, clearance: Clearance, now: datetime) -> None:
    """Tell the team whether its version counts, and why."""
    deliverable = clearance.verdict.of
    n, subject, reason = deliverable.version, _subject(deliverable), clearance.reason
    counts = Text(zh=f"第 {n} 版的疑点已核实：计入排名", en=f"The doubt about version {n} is settled: it counts")
    aside = Text(zh=f"第 {n} 版的疑点已核实：不计", en=f"The doubt about version {n} is settled: it doesn't count")
    body = Text(zh=f"{subject.zh}：{reason}", en=f"{subject.en}: {reason}")
    title = counts if clearance.is_cleared else aside
    notify(people=_team(deliverable), kind="verdict_checked", title=title, body=body, url=_url(deliverable), now=now)


def _tell_doubts(deliverable: Deliverable, doubts: list[Text], now: datetime) -> None:
    title, subject = Text(zh="评测结果有疑点，请查看", en="A verdict needs a person to look at it"), _subject(deliverable)
    body = Text(
        zh="".join([f"{subject.zh}：", *(doubt.zh for doubt in doubts)]),
        en=" ".join([f"{subject.en}:", *(doubt.en for doubt in doubts)]),
    )
    people = [*persons_with_role(Role.OFFICER), deliverable.application.call.owner]
    notify(people=people, kind="verdict_doubtful", title=title, body=body, url=_url(deliverable), now=now)


def tell_judge_failed(*, deliverable: Deliverable, now: datetime) -> None:
    """Tell the office that the judge itself failed three times; the team is charged nothing."""
    title = Text(zh="评测机三次故障，需要处理", en="The judge failed three times and needs a person")
    notify(
        people=persons_with_role(Role.OFFICER), kind="judge_failed", title=title, body=_subject(deliverable),
        url=_url(deliverable), now=now,
    )


def tell_held_up(*, deliverable: Deliverable, fault: Exception, now: datetime) -> None:
    """Tell the office what keeps versions from being judged; who reads it may see the machine's own words."""
    title = Text(zh="评测受阻，需要处理", en="Judging is held up and needs a person")
    why, subject = f"{type(fault).__name__}: {fault}"[:MOST_LETTERS], _subject(deliverable)
    body = Text(zh=f"{subject.zh}：{why}", en=f"{subject.en}: {why}")
    notify(people=persons_with_role(Role.OFFICER), kind=HELD_UP, title=title, body=body, url=reverse("machine_list"), now=now)


def unserved_title(toolchain: str) -> Text:
    return Text(zh=f"没有装有 {toolchain} 的评测机在线", en=f"No judging machine with {toolchain} is at work")


def tell_no_machine(*, title: Text, number: int, now: datetime) -> None:
    """Tell the office that versions wait which no machine at work can judge."""
    body = Text(
        zh=f"{number} 个版本在等；有这样的机器上线，就自动开始。", en=f"Waiting: {number}. They start by themselves once there is one."
    )
    notify(people=persons_with_role(Role.OFFICER), kind=UNSERVED, title=title, body=body, url=reverse("machine_list"), now=now)


def _subject(deliverable: Deliverable) -> Text:
    call = deliverable.application.call
    return Text(zh=f"{call.number} {call.title.in_('zh')}", en=f"{call.number} {call.title.in_('en')}")


def _url(deliverable: Deliverable) -> str:
    return reverse("deliverable_detail", args=[deliverable.pk])
