"""Labs of a framework: queued for machines that have it, told while there is none, and paid only for what was graded."""

from __future__ import annotations

import errno
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.engines.grading import BrokenAssignment
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.people.models import Notification
from heitu.kinds.courses import machines, tasks
from heitu.kinds.courses.actions import compute, deaths, holdups, labs
from heitu.kinds.courses.actions.packs import load_course
from heitu.kinds.courses.enums import Grading, HeldBy
from heitu.kinds.courses.models import Enrolment, GradingMachine, LabSubmission, Offering
from heitu.kinds.courses.queries import labs as asking
from heitu.kinds.courses.queries.labs import class_source
from heitu.site.commands.up import WORKERS
from heitu.site.commands.worker import _queues
from tests import courses
from tests.people import Cast, client_of

pytestmark = pytest.mark.django_db
TOOLCHAIN = "mindspore"


@pytest.fixture(autouse=True)
def here(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without frameworks."""
    settings.MEDIA_ROOT = tmp_path / "uploads"
    monkeypatch.setenv("HEITU_TOOLCHAINS", str(tmp_path / "none"))


@pytest.fixture
def seat(cast: Cast, tmp_path: Path) -> Enrolment:
    """In a class whose lab needs MindSpore and costs 10 minutes, of which the student has 15."""
    now, lab = clock.now(), courses.manifest()["labs"][0]
    version = courses.loaded(tmp_path / "pack", now=now, toolchains=[TOOLCHAIN], labs=[{**lab, "toolchain": TOOLCHAIN}])
    offering = courses.an_offering(courses.an_adoption(version, cast, now=now), cast, now=now)
    Offering.objects.filter(pk=offering.pk).update(voucher_minutes=15)
    student = courses.a_student(offering, cast.sun, number="7", now=now)
    compute.ledger.transfer(
        debit=compute._source(), credit=compute.voucher_of(student), amount=15, by=cast.lin, now=now, key="t", reason="t",
    )
    return Enrolment.objects.select_related("offering__version", "person").get(pk=student.pk)


def submit(seat: Enrolment) -> LabSubmission:
    data = json.dumps({"nbformat": 4, "cells": []}).encode()
    return labs.submit(enrolment=seat, lab="add-up", data=data, by=seat.person, now=clock.now())


def left(seat: Enrolment) -> int:
    return compute.balances.balance(compute.voucher_of(seat)).available


def jobs() -> list[tuple[str, bool]]:
    """Queue, and whether it is for later."""
    rows = ProcrastinateJob.objects.filter(task_name="courses.grade_lab").order_by("pk")
    return [(job.queue_name, job.scheduled_at is not None) for job in rows]


def test_it_waits_in_the_queue_of_its_toolchain_and_its_page_says_for_what(cast: Cast, seat: Enrolment) -> None:
    made = submit(seat)
    assert jobs() == [("grade-mindspore", False)]
    door = f"/classes/{seat.offering_id}/labs/add-up/"
    student = client_of(cast, "sun")
    assert "在等装有 MindSpore 的批改机" in student.get(door).content.decode()
    told = student.get(f"/api/v1{door}submissions/{made.pk}").json()
    assert (told["waits_for"], told["ahead"]) == (TOOLCHAIN, 0)
    machine = GradingMachine.objects.create(name="one", toolchains=["numpy"], seen_at=clock.now())
    assert asking.place_of(made).lacking == TOOLCHAIN  # type: ignore[union-attr]
    machine.toolchains = ["numpy", TOOLCHAIN]
    machine.save()
    assert "下一份就是它" in student.get(door).content.decode()
    GradingMachine.objects.update(seen_at=clock.now() - timedelta(minutes=2))
    assert asking.place_of(made).lacking == TOOLCHAIN  # type: ignore[union-attr]


def test_a_machine_without_the_toolchain_leaves_it_to_another(seat: Enrolment) -> None:
    made = submit(seat)
    fetched("grade-mindspore")
    assert tasks.grade_lab(seat.offering.version_id, "add-up") == 0
    made.refresh_from_db()
    assert made.grading == Grading.QUEUED
    assert jobs() == [("grade-mindspore", False), ("grade-mindspore", True)]


def fetched(*queues: str) -> str | None:
    """The task of the next job, as a worker of these queues takes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name FROM procrastinate_fetch_job_v2(%s, NULL)", [list(queues)])
        (task,) = cursor.fetchone()
    return str(task) if task else None


def ended() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE status = 'doing'")


@pytest.mark.parametrize("task", ["courses.grade_lab", "courses.grade_slow", "courses.try_revision"])
def test_what_no_machine_takes_neither_piles_up_nor_keeps_its_turn(seat: Enrolment, task: str) -> None:
    tests = class_source(seat.offering, "add-up")
    for _ in range(3):
        labs.defer_grading(tests, task=task)
    rows = ProcrastinateJob.objects.filter(queue_name="grade-mindspore")
    (lock,) = set(rows.values_list("lock", flat=True))
    for _ in range(3):  # each comes to a machine that lacks the toolchain
        assert fetched("grade-mindspore") == task
        assert fetched("grade-mindspore") is None
        labs.offer_again(tests, task=task, in_seconds=60)
        ended()
    (later,) = rows.all()
    assert (later.lock, later.scheduled_at is not None) == (lock, True)
    labs.defer_grading(tests, task=task)
    assert fetched("grade-mindspore") == task  # a machine that has it doesn't wait for the other's minute


@pytest.mark.parametrize("task", ["courses.grade_slow", "courses.try_revision"])
def test_a_toolchain_that_nobody_has_holds_no_other_up(seat: Enrolment, tmp_path: Path, task: str) -> None:
    newer = load_course(folder=courses.newer(tmp_path / "pack"), pack="pack", by=None, now=clock.now())
    for tests in (class_source(seat.offering, "add-up"), asking.Source(newer.pk, "add-up")):
        labs.defer_grading(tests, task=task)
    assert fetched("grade") == task


def test_what_is_set_aside_stays_in_its_queue_and_is_given_back_once(seat: Enrolment) -> None:
    made, tests = submit(seat), class_source(seat.offering, "add-up")
    LabSubmission.objects.update(grading=Grading.RUNNING)
    labs.set_aside(str(made.pk), tests)
    assert ProcrastinateJob.objects.get(task_name="courses.grade_slow").queue_name == "grade-mindspore"
    LabSubmission.objects.update(grading=Grading.RUNNING)  # by a worker that dies
    assert [labs.put_back(tests, is_slow=each, now=clock.now()) for each in (False, True)] == [0, 1]
    assert labs.give_up(tests, is_slow=False, now=clock.now()) == 0
    assert [labs.give_up(tests, is_slow=True, now=clock.now()) for _ in range(2)] == [1, 0]
    assert left(seat) == 15
    labs.set_aside(str(made.pk), tests)  # by one that was thought dead
    made.refresh_from_db()
    assert made.grading == Grading.FAILED


def test_what_cannot_be_graded_is_given_back_once_and_audited(
    cast: Cast, seat: Enrolment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(tests: asking.Source) -> None:
        raise BrokenAssignment(tests.lab, [])

    monkeypatch.setattr(machines, "installed", lambda: [TOOLCHAIN])
    monkeypatch.setattr(tasks, "assignment_of", broken)  # loading would have refused it
    made = submit(seat)
    assert left(seat) == 5
    assert tasks.grade_lab(seat.offering.version_id, "add-up") == 0
    made.refresh_from_db()
    assert (made.grading, left(seat)) == (Grading.FAILED, 15)
    (entry,) = AuditEntry.objects.filter(action="enrolment.compute_given_back")
    assert entry.detail == {"minutes": 10, "lab": "add-up", "enrolment": seat.pk}
    assert labs.give_up(class_source(seat.offering, "add-up"), is_slow=False, now=clock.now()) == 0
    assert "算力已退回" in client_of(cast, "sun").get(f"/classes/{seat.offering_id}/labs/add-up/").content.decode()
    again = submit(seat)
    assert (again.number, left(seat)) == (2, 5)


@pytest.fixture
def unwell(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that says it has the toolchain, and hasn't."""
    monkeypatch.setattr(machines, "installed", lambda: [TOOLCHAIN])


@pytest.mark.usefixtures("unwell")
def test_a_fault_of_the_machine_costs_nothing_says_so_and_is_tried_again(cast: Cast, seat: Enrolment) -> None:
    made = submit(seat)
    fetched("grade-mindspore")
    assert tasks.grade_lab(seat.offering.version_id, "add-up") == 0
    made.refresh_from_db()
    assert (made.grading, made.held_by, left(seat)) == (Grading.QUEUED, HeldBy.TOOLCHAIN, 5)
    assert jobs() == [("grade-mindspore", False), ("grade-mindspore", True)]
    assert submit(seat) == made
    door = f"/classes/{seat.offering_id}/labs/add-up/"
    page = client_of(cast, "sun").get(door).content.decode()
    assert "批改受阻：批改机缺少工具链。不用重新提交" in page
    told = client_of(cast, "sun").get(f"/api/v1{door}submissions/{made.pk}").json()
    assert "goes on by itself" in told["held_up"]["en"]
    assert "1 份自" in client_of(cast, "lin").get(door).content.decode()
    assert not Notification.objects.filter(kind=holdups.KIND).exists()


@pytest.mark.usefixtures("unwell")
def test_a_lasting_fault_is_told_to_teachers_and_the_office_and_not_every_time(cast: Cast, seat: Enrolment) -> None:
    made = submit(seat)
    tasks.grade_lab(seat.offering.version_id, "add-up")
    since = clock.now() - timedelta(minutes=20)
    LabSubmission.objects.filter(pk=made.pk).update(held_since=since)
    for _ in range(2):
        tasks.grade_lab(seat.offering.version_id, "add-up")
    made.refresh_from_db()
    assert made.held_since == since
    told = Notification.objects.filter(kind=holdups.KIND)
    assert {each.person for each in told} == {cast.lin, cast.chen}
    assert told.count() == 2


def test_only_those_that_were_being_graded_are_held_and_come_after_the_rest(cast: Cast, seat: Enrolment) -> None:
    first, tests = submit(seat), class_source(seat.offering, "add-up")
    other = courses.a_student(seat.offering, cast.zhou, number="8")
    second = LabSubmission.objects.create(
        enrolment=other, lab="add-up", number=1, sha256="0" * 64, submitted_at=clock.now(), due_at=clock.now(), notebook=first.notebook.name
    )
    LabSubmission.objects.filter(pk=first.pk).update(grading=Grading.RUNNING)
    rows = asking.of_source(tests).filter(grading__in=labs.IN_HAND)
    assert holdups.hold_up(rows, fault=OSError(errno.ENOSPC, "full"), now=clock.now()) == holdups.FIRST_WAIT
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.held_by, second.held_by) == (HeldBy.DISK, "")
    assert asking.place_of(second).ahead == 0  # type: ignore[union-attr]
    assert [int(given.student) for given in labs.taken(tests, is_slow=False) if given] == [second.pk, first.pk]


def test_one_over_which_three_workers_die_is_given_up_and_nobody_else(cast: Cast, seat: Enrolment) -> None:
    killer, tests, now = submit(seat), class_source(seat.offering, "add-up"), clock.now()
    other = courses.a_student(seat.offering, cast.zhou, number="8")
    beside = LabSubmission.objects.create(
        enrolment=other, lab="add-up", number=1, sha256="0" * 64, submitted_at=now, due_at=now, notebook=killer.notebook.name
    )
    assert [int(each.student) for each in labs.taken(tests, is_slow=False) if each] == [killer.pk, beside.pk]
    assert labs.put_back(tests, is_slow=False, now=now) == 0  # the worker died with both in hand
    assert ProcrastinateJob.objects.filter(task_name="courses.grade_slow").count() == 1
    for first in (killer, beside):  # each alone, and whoever has cost fewer workers first
        assert labs.put_back(tests, is_slow=True, now=now) == 2
        taken = labs.taken(tests, is_slow=True)
        assert (int(next(taken).student), next(taken)) == (first.pk, None)  # type: ignore[union-attr]
    LabSubmission.objects.filter(pk=beside.pk).update(grading=Grading.DONE)
    assert int(next(taken).student) == killer.pk  # type: ignore[union-attr]
    assert labs.put_back(tests, is_slow=True, now=now) == 0
    killer.refresh_from_db()
    beside.refresh_from_db()
    assert (killer.grading, killer.deaths, left(seat)) == (Grading.FAILED, 3, 15)
    assert (beside.grading, beside.deaths) == (Grading.DONE, 1)
    assert {each.person for each in Notification.objects.filter(kind=deaths.KIND)} == {cast.lin, cast.chen}
    door = f"/classes/{seat.offering_id}/labs/add-up/"
    assert "1 份未能批改。问题不在学生" in client_of(cast, "lin").get(door).content.decode()
    assert "问题不在您；扣的算力已退回" in client_of(cast, "sun").get(door).content.decode()
    assert submit(seat).number == 2  # the same again may be tried again


def test_what_waits_without_a_job_gets_one_and_only_one(seat: Enrolment) -> None:
    made = submit(seat)
    LabSubmission.objects.update(submitted_at=clock.now() - timedelta(hours=1))
    assert tasks.queue_lost(0) == 0
    ProcrastinateJob.objects.filter(task_name="courses.grade_lab").update(status="failed")
    assert tasks.queue_lost(0) == 1
    assert tasks.queue_lost(0) == 0
    LabSubmission.objects.filter(pk=made.pk).update(is_slow=True)
    assert tasks.queue_lost(0) == 1


def test_a_free_run_gives_nothing_back(seat: Enrolment) -> None:
    Offering.objects.update(voucher_minutes=0)
    seat.offering.refresh_from_db()
    submit(seat)
    assert labs.give_up(class_source(seat.offering, "add-up"), is_slow=False, now=clock.now()) == 1
    assert left(seat) == 15
    assert not AuditEntry.objects.filter(action="enrolment.compute_given_back").exists()


def test_every_task_has_a_worker_that_takes_it() -> None:
    wanted = {task.queue for task in app.tasks.values()} - {"builtin"}
    assert wanted <= set(_queues(()))
    assert wanted <= {queue for queues in WORKERS for queue in queues}


def test_a_worker_takes_the_queues_of_what_it_has_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _queues(()) == ["default", "mail", "lti", "judge", "grade"]
    for name in ("torch", "none"):
        (tmp_path / "none" / name / "bin").mkdir(parents=True)
    (tmp_path / "none" / "torch" / "bin" / "python").touch()
    (tmp_path / "none" / "torch" / "stamp").touch()
    assert _queues(()) == ["default", "mail", "lti", "judge", "grade", "judge-torch", "grade-torch"]
    assert _queues(["grade"]) == ["grade", "grade-torch"]
    with machines.announced(_queues(())) as here:
        assert GradingMachine.objects.get() == here
        assert [machines.is_served(name, clock.now()) for name in ("numpy", "torch", "mindspore")] == [True, True, False]
    with machines.announced(_queues(["grade-torch"])):
        assert [machines.is_served(name, clock.now()) for name in ("numpy", "torch", "mindspore")] == [False, True, False]
    assert machines.served(["grade-mindspore", "mail"]) == []
    assert not GradingMachine.objects.exists()
