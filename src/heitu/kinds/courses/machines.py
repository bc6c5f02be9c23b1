"""Which machines grade which labs: each takes the queues of the toolchains that it has, and says so while it runs."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from heitu.engines.sandbox.toolchains import NOTEBOOKS, interpreter, named
from heitu.ground.core.clock import now
from heitu.ground.core.heartbeat import beating
from heitu.ground.core.prepared import prepared
from heitu.kinds.courses.models import GradingMachine

QUEUE = "grade"
ALIVE_WITHIN = timedelta(seconds=45)  # as long as the queue waits before it hands a silent worker's jobs on
FORGOTTEN_AFTER = timedelta(days=1)


def queue_of(toolchain: str) -> str:
    """The queue of labs that need this toolchain."""
    return QUEUE if named(toolchain).is_own else f"{QUEUE}-{toolchain}"


def installed() -> list[str]:
    """The toolchains of labs that this machine has."""
    return [name for name in NOTEBOOKS if interpreter(name) is not None]


def served(queues: Collection[str]) -> list[str]:
    """The toolchains whose labs a worker of these queues grades here."""
    return [name for name in installed() if queue_of(name) in queues]


@contextmanager
def announced(queues: Collection[str]) -> Iterator[GradingMachine]:
    """While inside, this process stands in the list of grading machines with what it grades, and beats."""
    moment = now()
    GradingMachine.objects.filter(seen_at__lt=moment - FORGOTTEN_AFTER).delete()
    name = f"{settings.MACHINE or socket.gethostname()}:{os.getpid()}"
    machine = GradingMachine.objects.create(name=name[:120], toolchains=served(queues), seen_at=moment)
    row = GradingMachine.objects.filter(pk=machine.pk)
    try:
        with beating(lambda: row.update(seen_at=now())):
            yield machine
    finally:
        row.delete()


def is_served(toolchain: str, moment: datetime) -> bool:
    """Whether a machine that has been heard of lately grades labs of this toolchain. One query."""
    return any(toolchain in machine.toolchains for machine in _at_work(since=moment - ALIVE_WITHIN))


@prepared(since=datetime)
def _at_work(since: datetime) -> QuerySet[GradingMachine]:
    return GradingMachine.objects.filter(seen_at__gt=since)
