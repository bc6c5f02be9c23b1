"""What the clock does for classes, and the grading of labs."""

from __future__ import annotations

import logging

from django.db import close_old_connections, connection
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from heitu.engines.grading import BrokenAssignment, Limits, grade
from heitu.engines.sandbox.errors import Broken
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.toolchains import NOTEBOOKS
from heitu.ground.core import clock
from heitu.kinds.courses import machines
from heitu.kinds.courses.actions import labs
from heitu.kinds.courses.actions.compute import refill_due
from heitu.kinds.courses.enums import Grading
from heitu.kinds.courses.models import CourseVersion
from heitu.kinds.courses.pack.manifest import Lab
from heitu.kinds.courses.queries.labs import assignment_of, of_lab

_log = logging.getLogger(__name__)
CELL_SECONDS = 30.0  # nbgrader's own
ASK_AGAIN = 60  # seconds until a job that came to a machine without its toolchain is offered again


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="courses.refill_vouchers")
def refill_vouchers(timestamp: int) -> int:
    """Fill students' vouchers up where a class's rule says that it is time; returns how many."""
    return refill_due(now=clock.now())


@app.task(name="courses.grade_lab", queue=machines.QUEUE, retry=RetryStrategy(max_attempts=20, linear_wait=10))
def grade_lab(version_id: int, lab: str) -> int:
    """Grade every notebook of the lab that waits, side by side; returns how many. Safe to run twice.

    Where this machine lacks the lab's toolchain they wait on, for one that has it.
    """
    if not connection.in_atomic_block:
        close_old_connections()
    version = CourseVersion.objects.get(pk=version_id)
    labs.put_back(version, lab)
    if not of_lab(version, lab).filter(grading=Grading.QUEUED).exists():
        return 0
    told = version.manifest.lab(lab)
    assert told is not None
    if told.toolchain not in machines.installed():
        labs.defer_grading(version, lab, in_seconds=ASK_AGAIN)
        return 0
    try:
        return _graded(version, told)
    except (Broken, BrokenAssignment):
        _log.exception("lab %s of %s can't be graded here", lab, version)
        labs.give_up(version, lab, now=clock.now())
        return 0


def _graded(version: CourseVersion, lab: Lab) -> int:
    count = 0
    with Nursery(NOTEBOOKS[lab.toolchain]) as nursery:
        limits = Limits(seconds=max(CELL_SECONDS, lab.seconds))
        for found in grade(assignment_of(version.pk, lab.id), labs.taken(version, lab.id), nursery=nursery, limits=limits):
            labs.keep(graded=found, now=clock.now())
            count += 1
    return count
