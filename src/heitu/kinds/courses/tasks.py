"""What the clock does for classes, and the grading of labs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import QuerySet
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from heitu.engines.grading import BrokenAssignment, Graded, Limits, Submitted, grade
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.toolchains import NOTEBOOKS
from heitu.ground.core import clock
from heitu.kinds.courses import machines
from heitu.kinds.courses.actions import holdups, labs, likenesses, passback, regrades, rosters
from heitu.kinds.courses.actions.compute import refill_due
from heitu.kinds.courses.enums import Grading, Reading, Trial
from heitu.kinds.courses.models import Comparison, CourseVersion, Grade, Offering, Regrade, RosterReading
from heitu.kinds.courses.queries.labs import Source, assignment_of, of_source, toolchain_of

_log = logging.getLogger(__name__)
CELL_SECONDS = 30.0  # nbgrader's own
ASK_AGAIN = 60  # seconds until a job that came to a machine without its toolchain is offered again


@app.periodic(cron="15 * * * *")
@app.task(queueing_lock="courses.refill_vouchers")
def refill_vouchers(timestamp: int) -> int:
    """Fill students' vouchers up where a class's rule says that it is time; returns how many."""
    return refill_due(now=clock.now())


_PATIENT = RetryStrategy(max_attempts=20, linear_wait=10)


@app.task(name="courses.grade_lab", queue=machines.QUEUE, retry=_PATIENT)
def grade_lab(version_id: int, lab: str, revision_id: int | None = None) -> int:
    """Grade every notebook of the lab that waits, side by side; returns how many. Safe to run twice.

    One that takes long is set aside, so that nobody waits for another's endless loop. Where this machine lacks the lab's
    toolchain they wait on, for one that has it.
    """
    return _grade(Source(version_id, lab, revision_id), is_slow=False)


@app.task(name="courses.grade_slow", queue=machines.QUEUE, retry=_PATIENT)
def grade_slow(version_id: int, lab: str, revision_id: int | None = None) -> int:
    """Grade what was set aside, for as long as it may take; returns how many. Safe to run twice."""
    return _grade(Source(version_id, lab, revision_id), is_slow=True)


def _grade(tests: Source, *, is_slow: bool) -> int:
    _fresh_connection()
    task = "courses.grade_slow" if is_slow else "courses.grade_lab"
    if not labs.put_back(tests, is_slow=is_slow, now=clock.now()) or _is_elsewhere(tests, task):
        return 0
    try:
        return _graded(tests, labs.taken(tests, is_slow=is_slow), partial(_keep, tests), set_aside=not is_slow)
    except BrokenAssignment:
        _log.exception("%s can't be graded", tests)
        labs.give_up(tests, is_slow=is_slow, now=clock.now())
    except Exception as fault:
        _log.exception("%s is held up", tests)
        _fresh_connection()
        rows = of_source(tests).filter(is_slow=is_slow, grading__in=labs.IN_HAND)
        _wait(tests, rows, task, fault, Offering.objects.filter(enrolments__submissions__in=rows).distinct())
    return 0


def _wait(tests: Source, rows: QuerySet[Any], task: str, fault: Exception, classes: QuerySet[Offering]) -> None:
    """A fault of ours: what was in hand is tried again in a while, and people are told once that has gone on for long."""
    now = clock.now()
    seconds = holdups.hold_up(rows, fault=fault, now=now)
    labs.offer_again(tests, task=task, in_seconds=seconds)
    if seconds >= holdups.LASTING.total_seconds():
        holdups.tell(tests, classes, fault=fault, now=now)


def _is_elsewhere(tests: Source, task: str) -> bool:
    """Whether this machine lacks the lab's toolchain; the job is then offered again in a while."""
    lacks = toolchain_of(tests.version, tests.lab) not in machines.installed()
    if lacks:
        labs.offer_again(tests, task=task, in_seconds=ASK_AGAIN)
    return lacks


def _keep(tests: Source, found: Graded) -> None:
    if found.takes_long:
        labs.set_aside(found.student, tests)
    else:
        labs.keep(graded=found, now=clock.now())


@app.task(name="courses.try_revision", queue=machines.QUEUE, retry=_PATIENT)
def try_revision(version_id: int, lab: str, revision_id: int) -> int:
    """Grade what waits of a class by mended tests, which changes nobody's mark; returns how many. Safe to run twice."""
    tests = Source(version_id, lab, revision_id)
    _fresh_connection()
    waiting = Regrade.objects.filter(revision=revision_id, revision__trial=Trial.OPEN, grading__in=labs.IN_HAND)
    if not waiting.exists() or _is_elsewhere(tests, "courses.try_revision"):
        return 0
    try:
        return _graded(tests, regrades.taken(revision_id), lambda found: regrades.keep(graded=found))
    except BrokenAssignment:
        _log.exception("%s can't be graded", tests)
        return waiting.update(grading=Grading.FAILED)
    except Exception as fault:
        _log.exception("%s is held up", tests)
        _fresh_connection()
        _wait(tests, waiting, "courses.try_revision", fault, Offering.objects.filter(revisions=revision_id))
        return 0


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="courses.queue_lost", name="courses.queue_lost")
def queue_lost(timestamp: int) -> int:
    """Every five minutes: what waits without a job gets a new one, so that nothing waits for ever; returns how many did."""
    lost = list(labs.lost(now=clock.now()))
    for tests, task in lost:
        _log.warning("%s had no job left (%s), and is queued anew", tests, task)
        labs.defer_grading(tests, task=task)
    return len(lost)


@app.task(name="courses.pass_back", retry=RetryStrategy(max_attempts=5, linear_wait=10))
def pass_marks_back(grades: list[int]) -> None:
    """To learning platforms, as the marks are by now, a few in a transaction. Safe to run twice."""
    _fresh_connection()
    rows = Grade.objects.select_related("item", "enrolment").order_by("pk")
    for start in range(0, len(grades), passback.AT_ONCE):
        with transaction.atomic():
            passback.pass_back(grades=list(rows.filter(pk__in=grades[start : start + passback.AT_ONCE])), now=clock.now())


@app.task(name="courses.compare_notebooks", retry=RetryStrategy(max_attempts=5, linear_wait=10))
def compare_notebooks(comparison_id: int) -> int:
    """Which notebooks of a class look alike; answers how many pairs. Reads them, runs nothing."""
    _fresh_connection()
    asked = Comparison.objects.select_related("offering").get(pk=comparison_id)
    return len(likenesses.compare(asked, clock.now()).pairs)


@app.task(name=rosters.READ, queue="lti")
def read_roster(reading_id: int) -> str:
    """One try to read a platform's members, if it is still to be done; the clock sees to the next. Safe to run twice."""
    _fresh_connection()
    waiting = RosterReading.objects.select_related("offering", "by").filter(pk=reading_id, state=Reading.WAITING)
    found = waiting.filter(next_try_at__lte=clock.now()).first()
    return rosters.read(reading=found, now=clock.now()).value if found else ""


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="courses.read_due_rosters", queue="lti")
def read_due_rosters(timestamp: int) -> int:
    """Queue every list whose time for another try has come; returns how many."""
    found = list(rosters.due(clock.now()))
    for reading in found:
        rosters.queue(reading)
    return len(found)


def _fresh_connection() -> None:
    if not connection.in_atomic_block:
        close_old_connections()


def _graded(
    tests: Source, notebooks: Iterator[Submitted | None], keep: Callable[[Graded], object], *, set_aside: bool = False
) -> int:
    told, count = CourseVersion.objects.get(pk=tests.version).manifest.lab(tests.lab), 0
    assert told is not None
    assignment = assignment_of(tests)
    with Nursery(NOTEBOOKS[told.toolchain]) as nursery:
        limits = Limits(seconds=max(CELL_SECONDS, told.seconds))
        for found in grade(assignment, notebooks, nursery=nursery, limits=limits, set_aside=set_aside):
            keep(found)
            count += not found.takes_long
    return count
