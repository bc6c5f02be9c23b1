"""Notebooks of labs: handed in, graded in the queue, and what the student is told of it."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.db.models import F, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.types import JSONValue

from heitu.engines.grading import Graded, Submitted, feedback, writing_back
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import insist_on_language, read
from heitu.ground.core.errors import refuse
from heitu.ground.core.queue import job
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions import deaths
from heitu.kinds.courses.actions.compute import charge, give_back
from heitu.kinds.courses.actions.grades import hand_in
from heitu.kinds.courses.actions.settling import CellScore, record_scores
from heitu.kinds.courses.enums import Grading, Source, Trial
from heitu.kinds.courses.machines import queue_of
from heitu.kinds.courses.models import Enrolment, LabSubmission, Regrade
from heitu.kinds.courses.queries.labs import Source as Tests
from heitu.kinds.courses.queries.labs import of_source, source_of, toolchain_of

MOST_BYTES = 64 << 20
BEHIND, LAST = -1, -2  # students who hand in now go first; what no machine here could take lets all others pass
IN_HAND = (Grading.QUEUED, Grading.RUNNING)
IN_TURN = (deaths.SUSPECTS_LAST, F("held_since").asc(nulls_first=True), "submitted_at", "pk")
LOST_AFTER = timedelta(minutes=10)
RUSH, LINGER = 8, 3.0  # notebooks in a row; seconds


@atomic
def submit(*, enrolment: Enrolment, lab: str, data: bytes, by: Person, now: datetime) -> LabSubmission:
    """Hand a notebook in, charge the voucher for its run and queue it. The same notebook again answers the one there is.

    Raises Refused `too_large`, what `grades.hand_in` raises, the reason why the file is no notebook (field `notebook`), and
    `insufficient` where the class pays runs with vouchers and too little is left. Nothing is kept then.
    """
    _insist_on_notebook(data)
    sha256 = hashlib.sha256(data).hexdigest()
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    latest = enrolment.submissions.filter(lab=lab).first()
    if latest is not None and latest.sha256 == sha256 and latest.grading != Grading.FAILED:
        return latest
    made = hand_in(enrolment=enrolment, lab=lab, notebook=ContentFile(data), sha256=sha256, by=by, now=now)
    _charge(made, by, now)
    queue(made)
    return made


def _insist_on_notebook(data: bytes) -> None:
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise refuse("too_large", f"笔记本不能超过 {most} MB。", f"A notebook is {most} MB at most.", field="notebook", limit=most)
    try:
        insist_on_language(read(data)[0])
    except Unreadable as error:
        raise refuse(error.code, f"{error.zh}。", f"This can't be read: {error.en}.", field="notebook") from None


def _charge(made: LabSubmission, by: Person, now: datetime) -> None:
    """Where the class has a rule for vouchers, a run costs what the course says."""
    offering = made.enrolment.offering
    lab = offering.version.manifest.lab(made.lab)
    if lab is not None and lab.voucher_minutes and offering.voucher_minutes:
        charge(
            enrolment=made.enrolment, minutes=lab.voucher_minutes, reason="lab", by=by, now=now, key=str(made.pk),
        )


def queue(made: LabSubmission) -> None:
    """One job for each notebook, for machines that have the lab's toolchain; jobs of one lab take turns, and the first
    takes all that wait by then."""
    defer_grading(source_of(made))


def defer_grading(tests: Tests, *, task: str = "courses.grade_lab") -> None:
    """Put a job in the queue of the lab's toolchain; of those with the same lock one runs at a time."""
    priority = 0 if task == "courses.grade_lab" else BEHIND
    job(task, queue=_queue(tests), lock=_lock(tests, task), priority=priority).defer(**_named(tests))


def offer_again(tests: Tests, *, task: str, in_seconds: int) -> None:
    """As `defer_grading`, later, for a machine that has the toolchain; where another job waits to look, that one does."""
    lock = _lock(tests, task)
    if not ProcrastinateJob.objects.filter(lock=lock, status="todo", task_name=task, args=_named(tests)).exists():
        later = {"seconds": in_seconds}
        job(task, queue=_queue(tests), lock=lock, priority=LAST, schedule_in=later).defer(**_named(tests))


def _queue(tests: Tests) -> str:
    return queue_of(toolchain_of(tests.version, tests.lab))


def _lock(tests: Tests, task: str) -> str:
    """Jobs of one lab take turns. Slow ones do, and trials of mended tests, over all labs of a toolchain; not over all
    toolchains, since a job that no machine takes holds up whatever has the same lock."""
    if task == "courses.grade_lab":
        return f"grade:{tests.version}:{tests.lab}:{tests.revision}"
    return f"{task}:{_queue(tests)}"


def _named(tests: Tests) -> dict[str, JSONValue]:
    return {"version_id": tests.version, "lab": tests.lab, "revision_id": tests.revision}


@atomic
def set_aside(key: str, tests: Tests) -> None:
    """What takes long is graded apart, by jobs of which one runs at a time, behind all others."""
    if LabSubmission.objects.filter(pk=int(key), grading__in=IN_HAND).update(grading=Grading.QUEUED, is_slow=True):
        defer_grading(tests, task="courses.grade_slow")


@atomic
def put_back(tests: Tests, *, is_slow: bool, now: datetime) -> int:
    """Queue what a dead worker had taken and never finished; only one takes a lab's notebooks at a time. Answers how many wait.

    It goes among the slow ones, of which one job runs at a time: there a suspect can be alone.
    """
    rows = of_source(tests).filter(is_slow=is_slow)
    if deaths.count(rows, is_slow=True):
        defer_grading(tests, task="courses.grade_slow")
        _give_up_suspects(tests, now)
    return rows.filter(grading=Grading.QUEUED).count()


def _give_up_suspects(tests: Tests, now: datetime) -> None:
    rows = of_source(tests).filter(grading=Grading.QUEUED, deaths__gte=deaths.MOST)
    deaths.tell(_given_up(rows, now), now=now)


def taken(tests: Tests, *, is_slow: bool) -> Iterator[Submitted | None]:
    """The notebooks that wait, the first first and those held up last, each marked as being graded when it is taken.

    In a rush it waits a little for more (None), since making ready again costs more than that; and for more slow ones as
    long as one runs, so that they run side by side.
    """
    ours, count, last = of_source(tests).filter(is_slow=is_slow), 0, time.monotonic()
    while True:
        row = ours.filter(grading=Grading.QUEUED).order_by(*IN_TURN).first()
        if row is not None and not (is_slow and deaths.is_to_wait(row, ours)):
            LabSubmission.objects.filter(pk=row.pk).update(grading=Grading.RUNNING)
            yield submitted(str(row.pk), row)
            count, last = count + 1, time.monotonic()
        elif is_slow and ours.filter(grading=Grading.RUNNING).exists():
            yield None
        elif count < RUSH or time.monotonic() - last > LINGER:
            return
        else:
            yield None


def submitted(key: str, made: LabSubmission) -> Submitted:
    """A notebook as the engine wants it."""
    with made.notebook.open("rb") as file:
        return Submitted(student=key, files={f"{made.lab}.ipynb": file.read()})


@atomic
def keep(*, graded: Graded, now: datetime) -> LabSubmission:
    """Write down what the engine found: scores, the report, feedback in both languages, the notebook as it ran.

    What came of it meanwhile stands: by mended tests, by a worker that was thought dead, or that it was given up.
    """
    rows = LabSubmission.objects.select_for_update(of=("self",)).select_related("enrolment__offering", "enrolment__person")
    made = rows.get(pk=int(graded.student))
    if made.grading not in IN_HAND:
        return made
    made.graded_at, made.held_since, made.held_by = now, None, ""
    write_report(made, graded, made)
    made.save(update_fields=["graded_at", "held_since", "held_by", *REPORT])
    record_scores(submission=made, scores=_scores(graded), source=Source.MACHINE, by=None, now=now)
    return made


REPORT = ("report", "feedback_zh", "feedback_en", "autograded")


def write_report(row: LabSubmission | Regrade, graded: Graded, made: LabSubmission) -> None:
    """Into `row`, which isn't saved yet, what was found in the notebook `made`."""
    row.report = graded.as_json()
    graded.student = made.enrolment.person.name  # on the student's own page
    name = f"{made.enrolment_id}/{made.lab}-{made.number}"
    row.feedback_zh.save(f"{name}.zh.html", ContentFile(feedback.page(graded, "zh").encode()), save=False)
    row.feedback_en.save(f"{name}.en.html", ContentFile(feedback.page(graded, "en").encode()), save=False)
    for ran in writing_back.notebooks(graded).values():
        row.autograded.save(f"{name}.graded.ipynb", ContentFile(ran), save=False)


def _scores(graded: Graded) -> list[CellScore]:
    return [
        CellScore(each.id, None if each.earned is None else float(each.earned), float(each.maximum), each.why)
        for each in graded.questions
    ]


@atomic
def give_up(tests: Tests, *, is_slow: bool, now: datetime) -> int:
    """The lab itself is at fault: what was being graded waits for somebody to look, and costs nothing."""
    return len(_given_up(of_source(tests).filter(grading__in=IN_HAND, is_slow=is_slow), now))


def _given_up(rows: QuerySet[LabSubmission], now: datetime) -> list[LabSubmission]:
    given_up = list(rows.select_for_update(of=("self",)).select_related("enrolment__offering", "enrolment__person"))
    for made in given_up:
        give_back(enrolment=made.enrolment, lab=made.lab, by=None, now=now, key=str(made.pk))
    LabSubmission.objects.filter(pk__in=[made.pk for made in given_up]).update(grading=Grading.FAILED, held_since=None, held_by="")
    return given_up


def lost(*, now: datetime) -> Iterator[tuple[Tests, str]]:
    """What has waited for long though no job of the queue is for it, and the task that it needs."""
    rows = LabSubmission.objects.filter(grading__in=IN_HAND, submitted_at__lt=now - LOST_AFTER).order_by()
    kinds = rows.values_list("enrolment__offering__version", "lab", "revision", "is_slow").distinct()
    trials = Regrade.objects.filter(grading__in=IN_HAND, revision__trial=Trial.OPEN, revision__at__lt=now - LOST_AFTER).order_by()
    tried = trials.values_list("revision__offering__version", "revision__lab", "revision").distinct()
    waiting = [
        (Tests(version, lab, revision), "courses.grade_slow" if is_slow else "courses.grade_lab")
        for version, lab, revision, is_slow in kinds
    ]
    waiting += [(Tests(version, lab, revision), "courses.try_revision") for version, lab, revision in tried]
    jobs = ProcrastinateJob.objects.filter(status__in=("todo", "doing"))
    return ((tests, task) for tests, task in waiting if not jobs.filter(task_name=task, args=_named(tests)).exists())
