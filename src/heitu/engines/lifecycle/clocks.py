"""When a case is due, and when to remind."""

from __future__ import annotations

from datetime import datetime, timedelta

from heitu.engines.lifecycle import registry
from heitu.engines.lifecycle.definitions import Deadline, Programme
from heitu.engines.lifecycle.models import Case


def deadline_of(case: Case, programme: Programme) -> Deadline | None:
    return programme.state(case.machine, case.state).deadline


def due(case: Case, programme: Programme) -> datetime | None:
    """Until when the case may stay in its state: from entering it, or as its date source says (None: not known)."""
    deadline = deadline_of(case, programme)
    if deadline is None:
        return None
    if deadline.after is not None:
        return case.entered_at + deadline.after
    return registry.date_sources()[deadline.at or ""].read(case)


def start(case: Case, programme: Programme) -> None:
    """Set the clock of a case that has just entered its state. Doesn't save."""
    set_due(case, programme, due(case, programme), after=case.entered_at)


def set_due(case: Case, programme: Programme, due_at: datetime | None, *, after: datetime) -> None:
    """Set the date, and the first reminder later than `after`. Doesn't save."""
    case.due_at = due_at
    case.remind_at = next_reminder(case, programme, after=after)


def next_reminder(case: Case, programme: Programme, *, after: datetime) -> datetime | None:
    deadline = deadline_of(case, programme)
    if deadline is None or case.due_at is None:
        return None
    moments = sorted(case.due_at - before for before in deadline.remind)
    return next((moment for moment in moments if moment > after), None)


def reminder_due(case: Case, programme: Programme, *, now: datetime) -> timedelta | None:
    """The distance of the latest reminder that should have been sent by `now`; earlier ones are passed over."""
    deadline = deadline_of(case, programme)
    if deadline is None or case.due_at is None or case.due_at <= now:
        return None
    return min((before for before in deadline.remind if case.due_at - before <= now), default=None)
