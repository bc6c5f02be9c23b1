"""The award's money, its milestones, the open request for more time and the log, on the case page."""

from __future__ import annotations

from typing import Any

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.text import Text
from heitu.stages.work import queries
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.rules import can_write_note
from heitu.ui.panels import View, panel

INSIDERS = frozenset({"lead", "member", "owner", "officer", "finance", "auditor"})
MOST_NOTES = 20


@panel("money", template="work/money.html", order=10, slot="aside")
def money_panel(view: View) -> dict[str, Any] | None:
    """What is paid, what is held and where it comes from; insiders only."""
    award = getattr(view.subject, "award", None)
    if award is None or award.accepted_at is None or not INSIDERS & view.roles:
        return None
    milestones = list(award.milestones.all())
    open_now = (MilestoneStatus.RUNNING, MilestoneStatus.ACCEPTED)
    return {
        "award": award, "milestones": milestones,
        "paid": sum(m.earned or 0 for m in milestones if m.status == MilestoneStatus.PAID),
        "held": sum(m.amount for m in milestones if m.status in open_now),
        "source": Text(zh=f"任务 {view.subject.call.number}", en=f"call {view.subject.call.number}"),
    }


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
        "notes": list(view.subject.notes.select_related("author")[:MOST_NOTES]),
        "extension": queries.open_extension(view.subject) if _may_be_extended(view) else None,
        "may_write": can_write_note(view.viewer, view.subject), "application": view.subject,
    }
