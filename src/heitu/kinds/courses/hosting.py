"""The process that holds sessions (`heitu sessions`): one thread waits for each person's next cell, one for all the rest.

Pages and hosts speak through the database alone: rows say what is wanted, NOTIFY says that something is. So a host may
be on any machine, web servers hold nothing, and a notice that gets lost costs a second.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection

from heitu.engines.cells.port import SPENT, Kernel, KernelFault, Kernels, Limits, Output
from heitu.ground.core import clock
from heitu.kinds.courses.actions import seats
from heitu.kinds.courses.actions.sessions import CHANNEL
from heitu.kinds.courses.enums import RunState, SessionEnd, SessionState
from heitu.kinds.courses.models import CellRun, LabSession, SessionHost
from heitu.kinds.courses.queries.labs import assignment_of, class_source

_log = logging.getLogger(__name__)
_TICK, _BEAT, _SHOW = 1.0, 3.0, 0.2
_FORGOTTEN_AFTER = timedelta(days=1)
CELL_SECONDS = 60.0


class Host:
    """One process's sessions."""

    def __init__(self, kernels: Kernels, seats: int) -> None:
        self._kernels, self._seats = kernels, seats
        self._sittings: dict[int, Sitting] = {}
        self._next_look = self._next_beat = 0.0

    def serve(self, stop: threading.Event) -> None:
        """Until told to stop; then every session ends and nothing of them is left."""
        with _announced(self._seats, self._kernels.toolchains()) as row, _notices() as heard:
            try:
                while not stop.is_set():
                    self._hear([int(notice.payload) for notice in heard.notifies(timeout=_TICK / 4, stop_after=1)], row)
                    self._look(row)
            finally:
                self._end_all()

    def _hear(self, told: list[int], row: SessionHost) -> None:
        """Something is wanted of these sessions, or a new one waits."""
        if not told:
            return
        for pk in told:
            if pk in self._sittings:
                self._sittings[pk].wake()  # most often for a cell to run, which it finds before the rest is asked for here
        self._inform(LabSession.objects.filter(pk__in=[pk for pk in told if pk in self._sittings]))
        if any(pk not in self._sittings for pk in told):
            self._take(row)

    def _look(self, row: SessionHost) -> None:
        """What time alone brings, and what no notice told."""
        moment = time.monotonic()
        if moment < self._next_look:
            return
        self._next_look = moment + _TICK
        if moment >= self._next_beat:
            self._next_beat = moment + _BEAT
            SessionHost.objects.filter(pk=row.pk).update(seen_at=clock.now())
            seats.end_lost(now=clock.now())
            seats.end_left_alone(now=clock.now())
        self._forget_finished()
        seats.end_unheld(host=row, held=list(self._sittings), now=clock.now())
        self._charge()
        self._inform(LabSession.objects.filter(pk__in=list(self._sittings)))
        self._take(row)

    def _charge(self) -> None:
        now = clock.now()
        for session in LabSession.objects.filter(pk__in=list(self._sittings), state=SessionState.OPEN):
            if session.opened_at is not None and now >= session.opened_at + session.minutes * seats.MINUTE:
                seats.charge_begun(session=session, now=now)

    def _inform(self, rows: Any) -> None:
        waiting = set(
            CellRun.objects.filter(session__in=list(self._sittings), state=RunState.WAITING).values_list("session", flat=True)
        ) if self._sittings else set()
        for session in rows:
            if (sitting := self._sittings.get(session.pk)) is not None:
                sitting.hear(session, has_work=session.pk in waiting)

    def _take(self, row: SessionHost) -> None:
        """As many of those that wait as there are seats."""
        self._forget_finished()
        while len(self._sittings) < self._seats and (session := seats.claim(host=row)) is not None:
            sitting = self._sittings[session.pk] = Sitting(session, self._kernels)
            sitting.start()

    def _forget_finished(self) -> None:
        for pk in [pk for pk, sitting in self._sittings.items() if not sitting.is_alive()]:
            del self._sittings[pk]

    def _end_all(self) -> None:
        for session in LabSession.objects.filter(pk__in=list(self._sittings)):
            seats.end(session=session, why=SessionEnd.STOPPED, now=clock.now())
        for sitting in self._sittings.values():
            sitting.stop()
        for sitting in self._sittings.values():
            sitting.join(10)


class Sitting(threading.Thread):
    """One session: its interpreter, and the cells that wait."""

    def __init__(self, session: LabSession, kernels: Kernels) -> None:
        super().__init__(name=f"session-{session.pk}", daemon=True)
        self._session, self._kernels = session, kernels
        self._interrupts, self._restarts = session.interrupts, session.restarts
        self._woken, self._over, self._stop_cell = threading.Event(), threading.Event(), threading.Event()

    # From the host's thread

    def hear(self, row: LabSession, *, has_work: bool) -> None:
        """How the session stands now."""
        if row.state == SessionState.ENDED:
            self.stop()
            return
        if row.interrupts > self._interrupts or row.restarts > self._restarts:
            self._interrupts = row.interrupts
            self._stop_cell.set()
            self._woken.set()
        if has_work:
            self._woken.set()

    def wake(self) -> None:
        """Look whether a cell waits."""
        self._woken.set()

    def stop(self) -> None:
        """End it, and the cell that runs."""
        for event in (self._over, self._stop_cell, self._woken):
            event.set()

    # Its own

    def run(self) -> None:
        kernel = None
        try:
            kernel = self._opened()
            if kernel is not None:
                self._serve(kernel)
        except KernelFault:
            _log.exception("session %s lost its interpreter", self._session.pk)
            self._end(SessionEnd.LOST)
        except Exception:
            _log.exception("session %s failed", self._session.pk)
            close_old_connections()
            self._end(SessionEnd.LOST)
        finally:
            if kernel is not None:
                kernel.close()
            connection.close()

    def _opened(self) -> Kernel | None:
        """None where the sandbox doesn't start, or nobody wants it any more by then: nobody has paid."""
        draft = self._session.draft
        told = draft.enrolment.offering.version.manifest.lab(draft.lab)
        seconds = max(CELL_SECONDS, 2.0 * told.seconds) if told is not None else CELL_SECONDS
        limits = Limits(cell_seconds=seconds, session_seconds=30 * seconds, memory_mb=settings.SEAT_MB)
        modules = assignment_of(class_source(draft.enrolment.offering, draft.lab)).modules
        try:
            kernel = self._kernels.open(self._session.toolchain, modules=modules, limits=limits)
        except KernelFault:
            _log.exception("session %s can't start", self._session.pk)
            self._end(SessionEnd.FAULT)
            return None
        if seats.opened(session=self._session, now=clock.now()):
            return kernel
        kernel.close()
        return None

    def _serve(self, kernel: Kernel) -> None:
        while not self._over.is_set():
            run = seats.next_run(session=self._session, now=clock.now())
            self._restart_if_asked(kernel)  # after the look for a run: whoever asked for both asked for this first
            if run is not None:
                self._run(kernel, run)
            else:
                self._woken.wait()
                self._woken.clear()

    def _restart_if_asked(self, kernel: Kernel) -> None:
        asked = LabSession.objects.values_list("restarts", flat=True).get(pk=self._session.pk)
        self._stop_cell.clear()
        if asked > self._restarts:
            kernel.restart()
            self._restarts = asked

    def _run(self, kernel: Kernel, run: CellRun) -> None:
        shown: list[Output] = []
        due = 0.0

        def watch(outputs: list[Output]) -> bool:
            nonlocal shown, due
            if outputs is not shown and time.monotonic() >= due:
                shown, due = outputs, time.monotonic() + _SHOW
                seats.shows(run=run, outputs=outputs, now=clock.now())
            has_to_stop = self._stop_cell.is_set()
            self._stop_cell.clear()
            return has_to_stop or self._over.is_set()

        found = kernel.run(run.source, watch=watch)
        seats.ran(run=run, found=found, now=clock.now())
        if found.gone == SPENT:
            self._end(SessionEnd.SPENT)

    def _end(self, why: SessionEnd) -> None:
        seats.end(session=self._session, why=why, now=clock.now())
        self.stop()


@contextmanager
def _announced(seats: int, toolchains: list[str]) -> Iterator[SessionHost]:
    """While inside, pages know that there are seats here."""
    now = clock.now()
    SessionHost.objects.filter(seen_at__lt=now - _FORGOTTEN_AFTER).delete()
    name = f"{settings.MACHINE or socket.gethostname()}:{os.getpid()}"
    row = SessionHost.objects.create(name=name, seats=seats, toolchains=toolchains, seen_at=now)
    try:
        yield row
    finally:
        SessionHost.objects.filter(pk=row.pk).delete()


@contextmanager
def _notices() -> Iterator[Any]:
    """A connection of its own that hears what pages want."""
    own = connection.copy()
    try:
        own.ensure_connection()
        own.connection.execute(f"LISTEN {CHANNEL}")
        yield own.connection
    finally:
        own.close()
