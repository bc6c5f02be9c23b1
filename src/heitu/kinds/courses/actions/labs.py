"""Notebooks of labs: handed in, graded in the queue, and what the student is told of it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from datetime import datetime

from django.core.files.base import ContentFile
from procrastinate.contrib.django import app

from heitu.engines.grading import Graded, Submitted
from heitu.engines.grading.faults import Unreadable
from heitu.engines.grading.reading import read
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.kinds.courses.actions.compute import charge, give_back
from heitu.kinds.courses.actions.grades import CellScore, hand_in, record_scores
from heitu.kinds.courses.enums import Grading, Source
from heitu.kinds.courses.machines import queue_of
from heitu.kinds.courses.models import CourseVersion, Enrolment, LabSubmission
from heitu.kinds.courses.queries.grades import latest_scores
from heitu.kinds.courses.queries.labs import of_lab

MOST_BYTES = 64 << 20


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
        read(data)
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
    defer_grading(made.enrolment.offering.version, made.lab)


def defer_grading(version: CourseVersion, lab: str, *, in_seconds: int = 0) -> None:
    told = version.manifest.lab(lab)
    assert told is not None
    job = app.configure_task(
        "courses.grade_lab", queue=queue_of(told.toolchain), lock=f"grade:{version.pk}:{lab}",
        schedule_in={"seconds": in_seconds} if in_seconds else None,
    )
    job.defer(version_id=version.pk, lab=lab)


def put_back(version: CourseVersion, lab: str) -> int:
    """Queue what a worker had taken and never finished; only one takes a lab's notebooks at a time."""
    return of_lab(version, lab).filter(grading=Grading.RUNNING).update(grading=Grading.QUEUED)


def taken(version: CourseVersion, lab: str) -> Iterator[Submitted]:
    """The notebooks that wait, the first first, each marked as being graded when it is taken."""
    while (row := of_lab(version, lab).filter(grading=Grading.QUEUED).order_by("submitted_at", "pk").first()) is not None:
        LabSubmission.objects.filter(pk=row.pk).update(grading=Grading.RUNNING)
        with row.notebook.open("rb") as file:
            yield Submitted(student=str(row.pk), files={f"{lab}.ipynb": file.read()})


@atomic
def keep(*, graded: Graded, now: datetime) -> LabSubmission:
    """Write down what the engine found: scores, the report, feedback in both languages, the notebook as it ran."""
    rows = LabSubmission.objects.select_for_update(of=("self",)).select_related("enrolment__offering", "enrolment__person")
    made = rows.get(pk=int(graded.student))
    made.report, made.graded_at = graded.as_json(), now
    graded.student = made.enrolment.person.name  # on the student's own page
    name = f"{made.enrolment_id}/{made.lab}-{made.number}"
    made.feedback_zh.save(f"{name}.zh.html", ContentFile(graded.feedback_html("zh").encode()), save=False)
    made.feedback_en.save(f"{name}.en.html", ContentFile(graded.feedback_html("en").encode()), save=False)
    for ran in graded.autograded().values():
        made.autograded.save(f"{name}.graded.ipynb", ContentFile(ran), save=False)
    made.save(update_fields=["report", "graded_at", "feedback_zh", "feedback_en", "autograded"])
    record_scores(submission=made, scores=_scores(graded), source=Source.MACHINE, by=None, now=now)
    return made


def _scores(graded: Graded) -> list[CellScore]:
    return [
        CellScore(each.id, None if each.earned is None else float(each.earned), float(each.maximum), each.why)
        for each in graded.questions
    ]


def not_waiting() -> Refused:
    return refuse("not_waiting", "这份实验已经有人批改了。", "Somebody has marked this lab already.")


@atomic
def mark(
    *, submission: LabSubmission, points: Mapping[str, float], comment: str, by: Person, now: datetime
) -> LabSubmission:
    """A person's points for cells that a machine can't mark. Raises Refused `not_waiting`, `points_out_of_range`."""
    locked = LabSubmission.objects.select_for_update().get(pk=submission.pk)
    waiting = {score.cell: score.maximum for score in latest_scores(locked) if score.earned is None}
    if locked.grading != Grading.WAITING or not set(points) <= set(waiting):
        raise not_waiting()
    for cell, given in points.items():
        if not 0 <= given <= waiting[cell]:
            most = f"{waiting[cell]:g}"
            raise refuse("points_out_of_range", f"应为 0 到 {most}。", f"This is 0 to {most}.", field=f"cell-{cell}", limit=waiting[cell])
    scores = [CellScore(cell, given, waiting[cell], comment) for cell, given in points.items()]
    record_scores(submission=locked, scores=scores, source=Source.PERSON, by=by, now=now)
    return locked


@atomic
def give_up(version: CourseVersion, lab: str, *, now: datetime) -> int:
    """The lab itself or this machine is at fault: what was being graded waits for somebody to look, and costs nothing."""
    rows = of_lab(version, lab).filter(grading__in=[Grading.RUNNING, Grading.QUEUED]).select_for_update(of=("self",))
    given_up = list(rows.select_related("enrolment__offering"))
    for made in given_up:
        give_back(enrolment=made.enrolment, lab=lab, by=None, now=now, key=str(made.pk))
    LabSubmission.objects.filter(pk__in=[made.pk for made in given_up]).update(grading=Grading.FAILED)
    return len(given_up)
