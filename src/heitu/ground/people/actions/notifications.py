"""Telling people: a line in their notification centre, and a mail from the queue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Literal

from procrastinate.types import JSONValue

from heitu.ground.core.queue import job
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Notification, Person

MAIL_NOTIFICATION = "heitu.ground.people.tasks.mail_notification"
Hush = Literal["", "mail", "all"]
_hush: ContextVar[Hush] = ContextVar("hush", default="")


@contextmanager
def hushed(what: Hush) -> Iterator[None]:
    """While what happened long ago is being entered (an import, a simulation): no mail, or nothing told at all."""
    token = _hush.set(what)
    try:
        yield
    finally:
        _hush.reset(token)


def is_hushed() -> bool:
    """Whether nobody is told anything at this moment, so that nobody need be looked for."""
    return _hush.get() == "all"


@atomic
def notify(
    *, people: Iterable[Person], kind: str, title: Text, body: Text | None = None, url: str = "", now: datetime
) -> list[Notification]:
    """Tell each of `people` once; mail goes to those who want it, after commit, each in their own language.

    `kind` is a stable word such as "membership_waiting"; `url` is a path of this site.
    """
    if is_hushed():
        return []
    told = {person.pk: person for person in people if person.is_active}
    made = Notification.objects.bulk_create(
        Notification(person=person, kind=kind, title=title, body=body or Text(), url=url, created_at=now)
        for person in told.values()
    )
    mailed: list[dict[str, JSONValue]] = [{"notification": line.pk} for line in made if _has_mail(told[line.person_id])]
    if mailed and not _hush.get():
        # By name: tasks stand above actions and are not imported here.
        job(MAIL_NOTIFICATION).batch_defer(*mailed)
    return made


def _has_mail(person: Person) -> bool:
    return person.wants_mail and person.has_address


def mark_read(*, notification: Notification, by: Person, now: datetime) -> None:
    """Once read it stays read; the first moment counts."""
    Notification.objects.filter(pk=notification.pk, person=by, read_at__isnull=True).update(read_at=now)
    notification.refresh_from_db(fields=["read_at"])


def mark_all_read(*, by: Person, now: datetime) -> int:
    """Return how many were unread."""
    return Notification.objects.filter(person=by, read_at__isnull=True).update(read_at=now)
