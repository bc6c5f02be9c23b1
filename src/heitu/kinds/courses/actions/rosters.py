"""A platform's list of members, asked for now and read by the queue: an LMS that is down keeps no teacher waiting."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from procrastinate.exceptions import AlreadyEnqueued

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused
from heitu.ground.core.queue import job
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.lti.unanswered import Unanswered
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions import lms
from heitu.kinds.courses.enums import Reading
from heitu.kinds.courses.models import Offering, RosterReading, RosterRun

READ = "courses.read_roster"
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(hours=1)
MOST_TRIES = 56  # two days
SAID = {
    Reading.DONE: ("已读取教学平台的名单", "The learning platform's list was read"),
    Reading.FAILED: ("没能读取教学平台的名单", "The learning platform's list could not be read"),
}


@atomic
def ask(*, offering: Offering, by: Person, now: datetime) -> RosterReading:
    """Have the list read soon. One that waits already is answered instead of another, and tried now.

    Raises Refused `not_connected`.
    """
    Offering.objects.select_for_update().get(pk=offering.pk)
    lms.connections(offering)
    waiting = offering.roster_readings.filter(state=Reading.WAITING).first()
    if waiting is None:
        waiting = RosterReading.objects.create(offering=offering, by=by, at=now, next_try_at=now)
        record(action="offering.roster_asked", by=by, now=now, subject=offering)
    elif waiting.next_try_at > now:
        waiting.next_try_at = now
        waiting.save(update_fields=["next_try_at"])
    queue(waiting)
    return waiting


def queue(reading: RosterReading) -> None:
    """Once, however often it is asked for before its turn comes; a second job of a class waits for the first."""
    lock, waits = f"courses.roster:{reading.offering_id}", f"courses.roster_reading:{reading.pk}"
    with suppress(AlreadyEnqueued), transaction.atomic():
        job(READ, queue="lti", lock=lock, queueing_lock=waits).defer(reading_id=reading.pk)


def due(now: datetime) -> QuerySet[RosterReading]:
    return RosterReading.objects.filter(state=Reading.WAITING, next_try_at__lte=now)


def read(*, reading: RosterReading, now: datetime) -> Reading:
    """One try. Where the platform doesn't answer there is another, ever later; whatever is wrong changes nothing."""
    own = RosterReading.objects.filter(pk=reading.pk)
    own.update(people=0)
    try:
        run = lms.sync(
            offering=reading.offering, by=reading.by, now=now, tell=lambda count: own.update(people=F("people") + count)
        )
    except Refused as refused:
        return _failed(reading, refused, now)
    return _ended(reading, Reading.DONE, now, run=run)


def _failed(reading: RosterReading, refused: Refused, now: datetime) -> Reading:
    problem, tries = {"code": refused.code, **refused.message.model_dump()}, reading.tries + 1
    if not (isinstance(refused, Unanswered) and refused.passes and tries < MOST_TRIES):
        return _ended(reading, Reading.FAILED, now, problem=problem)
    wait = min(FIRST_WAIT * 2 ** min(tries - 1, 12), LONGEST_WAIT)
    RosterReading.objects.filter(pk=reading.pk).update(tries=tries, next_try_at=now + wait, problem=problem)
    return Reading.WAITING


@atomic
def _ended(
    reading: RosterReading, state: Reading, now: datetime, *, problem: dict[str, str] | None = None, run: RosterRun | None = None
) -> Reading:
    """The teacher is told unless it went well at once: then the page that they are on says so."""
    RosterReading.objects.filter(pk=reading.pk).update(state=state, tries=reading.tries + 1, problem=problem, run=run)
    if reading.tries or problem:
        zh, en = SAID[state]
        title = Text(zh=f"{zh}：{reading.offering.title}", en=f"{en}: {reading.offering.title}")
        body = Text(zh=problem["zh"], en=problem["en"]) if problem else None
        url = f"{reading.offering.get_absolute_url()}lms/"
        notify(people=[reading.by], kind="roster_read", title=title, body=body, url=url, now=now)
    return state
