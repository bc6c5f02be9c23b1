"""The award's money, its milestones, the open request for more time and the log, on the case page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef
from django.db.models.functions import JSONObject

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.stages.applications.sights import also_ask
from heitu.stages.work import queries
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Milestone, Note
from heitu.stages.work.rules import can_write_note
from heitu.ui.panels import View, panel

INSIDERS = frozenset({"lead", "member", "owner", "officer", "finance", "auditor"})
MOST_NOTES = 20

also_ask("milestones_shown", ArraySubquery(
    Milestone.objects.filter(award__application=OuterRef("pk"))
    .values(row=JSONObject(title="title", amount="amount", earned="earned", status="status"))
    .order_by("started_at", "pk")
))
also_ask("notes_shown", ArraySubquery(
    Note.objects.filter(application=OuterRef("pk")).values(row=JSONObject(text="text", author="author__name", at="at"))
    .order_by("-at", "-pk")[:MOST_NOTES]
))


@panel("money", template="work/money.html", order=10, slot="aside")
def money_panel(view: View) -> dict[str, Any] | None:
    """What is paid, what is held and where it comes from; insiders only."""
    award = getattr(view.subject, "award", None)
    if award is None or award.accepted_at is None or not INSIDERS & view.roles:
        return None
    milestones = [{**row, "title": Text(**row["title"])} for row in view.subject.milestones_shown]
    open_now = (MilestoneStatus.RUNNING, MilestoneStatus.ACCEPTED)
    return {
        "award": award, "milestones": milestones,
        "paid": sum(row["earned"] or 0 for row in milestones if row["status"] == MilestoneStatus.PAID),
        "held": sum(row["amount"] for row in milestones if row["status"] in open_now),
        "source": Text(zh=f"任务 {view.subject.call.number}", en=f"call {view.subject.call.number}"),
    }


@dataclass(frozen=True)
class RefusedNote:
    """What was typed for the log, and why it wasn't taken."""

    text: str
    why: Refused


def _may_be_extended(view: View) -> bool:
    """Whether the state that the case is in knows extensions at all."""
    case = view.subject.case
    return any("extend_deadline" in event.effects for event in programme_of(case).state("case", case.state).on.values())


@panel("log", template="work/log.html", order=50)
def log_panel(view: View) -> dict[str, Any] | None:
    """The work log from the award on, with the open request for more time."""
    award = getattr(view.subject, "award", None)
    if award is None or award.accepted_at is None or not INSIDERS & view.roles:
        return None
    return {
        "notes": [{**row, "at": datetime.fromisoformat(row["at"])} for row in view.subject.notes_shown],
        "extension": queries.waiting_extension(view.subject) if _may_be_extended(view) else None,
        "may_write": can_write_note(view.viewer, view.subject), "application": view.subject,
        "refused": view.refused if isinstance(view.refused, RefusedNote) else None,
    }
