"""What the clock does to cases: deadlines that pass, reminders before them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import models, transaction
from procrastinate.contrib.django import app

from heitu.engines.lifecycle import clocks, registry
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import Case, Reminder
from heitu.engines.lifecycle.pins import programme_of
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused

_log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="lifecycle.sweep", name="lifecycle.sweep")
def sweep(timestamp: int) -> None:
    """Every minute. Procrastinate's `timestamp` is when it was due to run; what counts is when it does."""
    sweep_deadlines(clock.now())


@dataclass(frozen=True)
class Sweep:
    """How many cases were moved or reminded of, how many a guard or effect kept back, how many failed."""

    moved: int = 0
    refused: int = 0
    reminded: int = 0
    failed: int = 0


def sweep_deadlines(now: datetime) -> Sweep:
    """Move what is due with its deadline's event, and send the reminders that are due.

    Each case is a transaction of its own and is skipped while another worker has it, so that any number of workers
    may sweep at once, and again. A case that is refused or fails is tried again by the next sweep.
    """
    open_cases = Case.objects.filter(closed_at__isnull=True)
    due = [_one(_lapse, pk, now) for pk in _pks(open_cases.filter(due_at__lte=now).order_by("due_at"))]
    told = [_one(_remind, pk, now) for pk in _pks(open_cases.filter(remind_at__lte=now).order_by("remind_at"))]
    both = due + told
    return Sweep(due.count("done"), both.count("refused"), told.count("done"), both.count("failed"))


def _pks(cases: models.QuerySet[Case]) -> list[int]:
    return list(cases.values_list("pk", flat=True))


def _one(act: Callable[[Case, datetime], str], pk: int, now: datetime) -> str:
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update(skip_locked=True).filter(pk=pk, closed_at__isnull=True).first()
            if case is None:
                return "skipped"
            return act(case, now)
    except Refused as error:
        _log.warning("case %s stays past its deadline: %s", pk, error)
        return "refused"
    except Exception:
        _log.exception("case %s could not be swept", pk)
        return "failed"


def _lapse(case: Case, now: datetime) -> str:
    deadline = clocks.deadline_of(case, programme_of(case))
    if deadline is None or case.due_at is None or case.due_at > now:
        return "skipped"
    move(case=case, event=deadline.event, by=None, now=now, key=f"deadline:{case.pk}:{case.moves}")
    return "done"


def _remind(case: Case, now: datetime) -> str:
    """Record the reminder, then let the listeners send it: both or neither."""
    programme = programme_of(case)
    before = clocks.reminder_due(case, programme, now=now)
    case.remind_at = clocks.next_reminder(case, programme, after=now)
    case.save(update_fields=["remind_at"])
    if before is None or case.due_at is None:
        return "skipped"
    reminder, is_new = Reminder.objects.get_or_create(
        case=case, due_at=case.due_at, before=int(before.total_seconds()), defaults={"sent_at": now}
    )
    for listener in registry.reminder_listeners() if is_new else ():
        listener(case, reminder)
    return "done" if is_new else "skipped"
