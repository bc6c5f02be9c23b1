"""What a host does with sessions: takes those that wait, charges their minutes, ends them, writes down what cells put out.

Whoever changes a session and its runs changes the session first, so that nobody waits for the other in a circle.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Sum, Window

from heitu.engines.cells.port import Output, Ran, size
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.compute import charge
from heitu.kinds.courses.enums import Cut, RunState, SessionEnd, SessionState
from heitu.kinds.courses.models import CellRun, LabSession, SessionHost
from heitu.kinds.courses.pack.cells import clean
from heitu.kinds.courses.pack.outputs import MOST_OF_DRAFT, bounded
from heitu.kinds.courses.queries import sessions as asking

MINUTE = timedelta(minutes=1)


@atomic
def claim(*, host: SessionHost) -> LabSession | None:
    """The first that waits for a toolchain of this host, which begins to start it."""
    waiting = LabSession.objects.filter(state=SessionState.WAITING, toolchain__in=host.toolchains)
    row = waiting.select_for_update(skip_locked=True, no_key=True).order_by("asked_at", "pk").first()
    if row is not None:
        row.state, row.host = SessionState.STARTING, host
        row.save(update_fields=["state", "host"])
    return row


@atomic
def opened(*, session: LabSession, now: datetime) -> bool:
    """It has begun, and its first minute is charged. False where it is over before that, for want of minutes, say."""
    changed = LabSession.objects.filter(pk=session.pk, state=SessionState.STARTING)
    if not changed.update(state=SessionState.OPEN, opened_at=now, active_at=now):
        return False
    return charge_begun(session=session, now=now)


@atomic
def charge_begun(*, session: LabSession, now: datetime) -> bool:
    """Take every minute begun by now off the voucher, where the class has a rule for vouchers. Safe to repeat.

    When the voucher holds no more than handing in costs, the session ends, and the answer is False.
    """
    rows = LabSession.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("draft__enrolment__offering__version").get(pk=session.pk)
    if row.state != SessionState.OPEN or row.opened_at is None:
        return False
    begun = (now - row.opened_at) // MINUTE + 1
    while row.minutes < begun and _charge(row, now):
        row.minutes += 1
    row.save(update_fields=["minutes"])
    if row.minutes < begun:
        end(session=row, why=SessionEnd.VOUCHER, now=now)
    return row.minutes >= begun


def _charge(row: LabSession, now: datetime) -> bool:
    enrolment = row.draft.enrolment
    if not enrolment.offering.voucher_minutes:
        return True
    if not asking.minutes_left(enrolment, row.draft.lab):
        return False
    key = f"session:{row.pk}:{row.minutes + 1}"
    try:
        with transaction.atomic():  # a refusal isn't the end of what is done here
            charge(enrolment=enrolment, minutes=1, reason="session", by=None, now=now, key=key)
    except Refused as refused:
        if refused.code != "insufficient":
            raise
        return False
    return True


@atomic
def end(*, session: LabSession, why: SessionEnd, now: datetime, by: Person | None = None) -> bool:
    """Nothing runs on; False where it was over before. The host closes what it holds when it hears of it."""
    live = LabSession.objects.filter(pk=session.pk).exclude(state=SessionState.ENDED)
    if not live.update(state=SessionState.ENDED, why=why, ended_at=now):
        return False
    drop_waiting(session=session, now=now)
    running = CellRun.objects.filter(session=session.pk, state=RunState.RUNNING)
    running.update(state=RunState.DONE, version=F("version") + 1, changed_at=now)
    record(action="session.ended", by=by, now=now, subject=session, detail={"why": str(why), "minutes": session.minutes})
    return True


def end_lost(*, now: datetime) -> int:
    """Those whose host isn't heard of any more."""
    return sum(end(session=row, why=SessionEnd.LOST, now=now) for row in asking.lost(now))


def end_unheld(*, host: SessionHost, held: Collection[int], now: datetime) -> int:
    """Those that the host has, by the rows, but doesn't hold: whatever held them has failed."""
    rows = host.sessions.exclude(state=SessionState.ENDED).exclude(pk__in=held)
    return sum(end(session=row, why=SessionEnd.LOST, now=now) for row in rows)


def end_left_alone(*, now: datetime) -> int:
    """Those that nobody needs any more."""
    return sum(end(session=row, why=why, now=now) for row, why in asking.left_alone(now))


# What cells put out


def next_run(*, session: LabSession, now: datetime) -> CellRun | None:
    """The next cell to run, which is running from now on; None also where it was dropped just now."""
    waiting = CellRun.objects.filter(session=session.pk, state=RunState.WAITING)
    row = waiting.order_by("number").first()
    if row is None or not waiting.filter(pk=row.pk).update(state=RunState.RUNNING, version=F("version") + 1, changed_at=now):
        return None
    return row


def shows(*, run: CellRun, outputs: list[Output], now: datetime) -> None:
    """What a cell has put out so far."""
    _change(run, now, **_kept(outputs))


@atomic
def ran(*, run: CellRun, found: Ran, now: datetime) -> None:
    """What a cell put out; should it be too much for one lab, what older cells put out goes. Where it failed, those behind
    it don't run.

    Whoever interrupted it has dropped those already: what waits by now was asked for since, and runs.
    """
    LabSession.objects.filter(pk=run.session_id or 0).update(active_at=now)
    _change(run, now, state=RunState.DONE, **_kept(found.outputs), count=found.count, seconds=found.seconds, gone=found.gone)
    _make_room(run, now)
    if found.has_failed and not found.interrupted and run.session is not None:
        drop_waiting(session=run.session, now=now)


def drop_waiting(*, session: LabSession, now: datetime) -> None:
    waiting = CellRun.objects.filter(session=session.pk, state=RunState.WAITING)
    waiting.update(state=RunState.DROPPED, version=F("version") + 1, changed_at=now)


def _change(run: CellRun, now: datetime, **values: Any) -> None:
    """Of a run that is still this session's: another may have taken its place meanwhile."""
    rows = CellRun.objects.filter(pk=run.pk, session=run.session).exclude(state=RunState.DONE)
    rows.update(version=F("version") + 1, changed_at=now, **values)


def _kept(outputs: list[Output]) -> dict[str, Any]:
    whole = storable(outputs)
    made = bounded(whole)
    return {"outputs": made, "size": sum(map(size, made)), "cut": "" if made == whole else Cut.CELL}


def _make_room(run: CellRun, now: datetime) -> None:
    """The latest outputs of the draft stay, as many as there is room for."""
    total = Window(Sum("size"), order_by=[F("number").desc(), F("pk").desc()])
    rows = CellRun.objects.filter(draft=run.draft_id, size__gt=0).exclude(state=RunState.RUNNING).order_by()
    over = rows.annotate(total=total).filter(total__gt=MOST_OF_DRAFT).values_list("pk", flat=True)
    CellRun.objects.filter(pk__in=list(over)).update(
        outputs=[], size=0, cut=Cut.DRAFT, version=F("version") + 1, changed_at=now
    )


def storable(value: Any) -> Any:
    """Without characters that the database can't hold."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {clean(str(key)): storable(each) for key, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list) else value
