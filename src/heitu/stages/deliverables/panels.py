"""What deliverables put onto the case page: the latest verdict, the leaderboard, the versions, the upload step."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.text import Text
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.deliverables import queries
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging import holdups
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.pace import Pace
from heitu.stages.deliverables.publicly import seen_by
from heitu.stages.deliverables.ranking import RANKED
from heitu.stages.deliverables.shown import board, history_shown, verdict_shown
from heitu.ui.panels import NextStep, View, next_step, panel

INSIDERS = frozenset({"lead", "member", "owner", "officer", "finance", "auditor"})


@panel("deliverables", template="deliverables/panel.html", order=20)
def deliverables_panel(view: View) -> dict[str, Any] | None:
    """Insiders only; nothing before the first version."""
    if not INSIDERS & view.roles:
        return None
    versions = seen_by(view.viewer, view.subject.call, queries.latest_versions(view.subject))
    if not versions:
        return None
    latest = versions[0]
    ranked = latest.judging != JudgingStatus.NONE and view.subject.call.kind in RANKED
    return {
        "latest": latest, "current": verdict_shown(latest), "ranked": ranked, "mine": view.subject.pk,
        "pace": _pace(view), "rules": programme_of(view.subject.case).rules, **history_shown(view.subject, view.viewer),
        **(board(view.subject.call, view.viewer) if ranked else {}),
    }


def _pace(view: View) -> Pace | None:
    """For the team, while versions may be handed in."""
    programme = programme_of(view.subject.case)
    is_time = programme.state("case", view.subject.case.state).step == "milestone"
    is_team = bool({"lead", "member"} & view.roles)
    return queries.pace_of(view.subject, programme.rules, now=view.now) if is_time and is_team else None


@next_step("deliverables", order=20)
def upload(view: View) -> NextStep | None:
    """In a milestone that ends with a delivery, as long as nothing acceptable is in: upload a version."""
    if not {"lead", "member"} & view.roles:
        return None
    programme = programme_of(view.subject.case)
    state = programme.state("case", view.subject.case.state)
    if state.step != "milestone" or "deliver" not in state.on or _is_ready(view):
        return None
    last = next(iter(seen_by(view.viewer, view.subject.call, queries.latest_versions(view.subject))), None)
    number = last.version + 1 if last else 1
    return NextStep(
        sentence=_sentence(last, kind=queries.judged_kind(view.subject)),
        label=Text(zh=f"上传第 {number} 版", en=f"Upload version {number}"),
        url=reverse("deliverable_create", args=[view.subject.pk]),
    )


def _is_ready(view: View) -> bool:
    return queries.has_passed(view.subject) if queries.judged_kind(view.subject) else bool(queries.latest_versions(view.subject))


def _sentence(last: Deliverable | None, *, kind: str) -> Text:
    """`kind` is of what a machine judges; empty where people do."""
    if last is None and kind == DeliverableKind.OPERATOR:
        return Text(zh="上传第一版，机器会马上评测精度与速度。", en="Upload a first version; the judge checks accuracy and speed at once.")
    if last is None and kind:
        return Text(zh="上传第一版，机器会马上运行并评测。", en="Upload a first version; the judge runs and marks it at once.")
    if last is None:
        return Text(zh="上传交付物，出题人会验收。", en="Upload your work for the task owner to check.")
    if last.judging in (JudgingStatus.QUEUED, JudgingStatus.RUNNING):
        being_judged = Text(zh=f"第 {last.version} 版正在评测。", en=f"Version {last.version} is being judged.")
        return holdups.words(last) or being_judged
    story = verdict_shown(last).get("story")
    return story if isinstance(story, Text) else Text(zh="修改后再提交一版。", en="Improve it and submit again.")
