"""The machines that judge: each says what it can run, is heard of while it lives, and proves that it times evenly."""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import F, QuerySet

from heitu.engines.judge.certificate import certify
from heitu.engines.judge.judging import processor
from heitu.engines.sandbox.errors import SandboxFault
from heitu.engines.sandbox.toolchains import TOOLCHAINS, interpreter
from heitu.ground.core.clock import now
from heitu.ground.core.heartbeat import beating
from heitu.stages.deliverables.enums import HeldBy
from heitu.stages.deliverables.models import Deliverable, JudgingMachine

QUEUE = "judge"
OWN = "numpy"  # what every machine that takes that queue has
CERTIFIED_FOR = timedelta(hours=12)
ALIVE_WITHIN = timedelta(seconds=45)  # as long as the queue waits before it hands a silent worker's jobs on
FORGOTTEN_AFTER = timedelta(days=1)
_log = logging.getLogger(__name__)
_here: list[int] = []  # the row of this very process, while it is a worker that judges


class Unfit(Exception):
    """This machine can't judge this now: it doesn't time evenly, lacks a tool or a layer of the sandbox, or can't reach the
    file. Another one may."""

    def __init__(self, why: str, blamed: HeldBy = HeldBy.MACHINE) -> None:
        super().__init__(why)
        self.blamed = blamed


def queue_of(toolchain: str) -> str:
    """The queue of work that needs this toolchain."""
    return QUEUE if TOOLCHAINS[toolchain].is_own else f"{QUEUE}-{toolchain}"


def queues_of(toolchains: Iterable[str]) -> list[str]:
    """Those of them that we know: a machine of another version may name others."""
    return [queue_of(name) for name in toolchains if name in TOOLCHAINS]


def installed() -> list[str]:
    """The toolchains that this machine has."""
    return [name for name in TOOLCHAINS if interpreter(name) is not None]


def served(queues: Collection[str]) -> list[str]:
    """The toolchains whose work a worker of these queues judges here."""
    return [name for name in installed() if queue_of(name) in queues]


def lacking(queues: Collection[str]) -> list[str]:
    """The toolchains that these queues are for, and that this machine hasn't."""
    return [name for name in TOOLCHAINS if queue_of(name) in queues and interpreter(name) is None]


@contextmanager
def announced(queues: Collection[str]) -> Iterator[JudgingMachine]:
    """While inside, this process stands in the list of machines with what it judges, and beats."""
    machine = _announce(served(queues))
    row = JudgingMachine.objects.filter(pk=machine.pk)
    _here.append(machine.pk)
    try:
        with beating(lambda: row.update(seen_at=now())):
            yield machine
    finally:
        _here.remove(machine.pk)
        row.delete()


def _announce(toolchains: list[str]) -> JudgingMachine:
    moment = now()
    JudgingMachine.objects.filter(seen_at__lt=moment - FORGOTTEN_AFTER).delete()
    return JudgingMachine.objects.create(
        name=f"{settings.MACHINE or socket.gethostname()}:{os.getpid()}", processor=processor()[:120],
        cores=len(os.sched_getaffinity(0)), toolchains=toolchains, devices=settings.DEVICES, started_at=moment,
        seen_at=moment, memory_mb=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20,
    )


@contextmanager
def busy_with(deliverable: Deliverable, *, is_timed: bool) -> Iterator[None]:
    """Around a judging. Raises Unfit, before anything is run, where this machine's certificate is stale and can't be
    renewed though the work is timed, or where it can't reach the file.

    A process that isn't an announced worker, such as a test of the task alone, is left alone.
    """
    machine = JudgingMachine.objects.filter(pk__in=_here).first()
    if machine is None:
        yield
        return
    if not os.path.exists(deliverable.file.path):
        raise Unfit(f"{machine.name} can't reach {deliverable.file.path}: share the uploads with it", HeldBy.FILES)
    row = JudgingMachine.objects.filter(pk=machine.pk)
    row.update(working_on=deliverable)
    try:
        if is_timed and not is_fresh(machine, now()):
            _renew(machine)
        yield
    finally:
        row.update(working_on=None)


def is_fresh(machine: JudgingMachine, moment: datetime) -> bool:
    """Whether it may say who is faster. One that came out uneven is tried again before whatever it is to time next."""
    until = certified_until(machine)
    return until is not None and until > moment


def certified_until(machine: JudgingMachine) -> datetime | None:
    """When its certificate ends; None where it has none."""
    return machine.certified_at + CERTIFIED_FOR if machine.is_even and machine.certified_at else None


def _renew(machine: JudgingMachine) -> None:
    try:
        found = certify()
    except SandboxFault as fault:
        raise Unfit(str(fault)) from fault
    machine.certified_at, machine.is_even, machine.low, machine.high = now(), found.ok, found.low, found.high
    machine.save(update_fields=["certified_at", "is_even", "low", "high"])
    if not found.ok:
        raise Unfit(f"{machine.name}: {found}")


# What is asked of them


def alive(moment: datetime) -> QuerySet[JudgingMachine]:
    """Heard of lately."""
    return JudgingMachine.objects.filter(seen_at__gt=moment - ALIVE_WITHIN)


def listed() -> QuerySet[JudgingMachine]:
    """Every machine with what it is busy with, those heard of last first."""
    return JudgingMachine.objects.select_related("working_on__application__call").order_by(F("seen_at").desc(), "name")
