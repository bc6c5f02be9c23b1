"""Judging from the queue: our own faults are tried again and told to the office, and cost the team nothing."""

from __future__ import annotations

import errno
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Notification, Person
from heitu.ground.people.queries import persons_with_role
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.actions import hand_in
from heitu.stages.deliverables.enums import HeldBy
from heitu.stages.deliverables.judging import holdups
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.queries import pace_of
from heitu.stages.deliverables.tasks import MOST_TRIES, judge_deliverable, queue_lost
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering

pytestmark = pytest.mark.django_db


@pytest.fixture
def version() -> Deliverable:
    story = Story("crowd-operators", start=now() - timedelta(days=2))
    story.expert("expert1")
    story.expert("expert2")
    application = story.application(story.call(task="softmax"), ANSWERS)
    to_delivering(story, application)
    file = ContentFile(b"import numpy\n\n\ndef other(x):\n    return x\n", name="submission.py")
    return hand_in(application=application, file=file, by=story.cast.lin, now=now())


def test_a_wrong_entry_gets_a_verdict_and_the_team_is_told(version: Deliverable) -> None:
    judge_deliverable(version.pk)
    judge_deliverable(version.pk)
    verdict = Verdict.objects.get(deliverable=version)
    assert not verdict.accepted
    assert not verdict.is_simulated
    assert "seed" not in verdict.shown
    assert Notification.objects.filter(kind="verdict").count() == 2


def test_a_task_that_is_gone_is_our_fault(version: Deliverable) -> None:
    Call.objects.update(task="gone")
    for _ in range(MOST_TRIES):
        judge_deliverable(version.pk)
    version.refresh_from_db()
    assert (version.judging, version.tries) == ("failed", MOST_TRIES)
    assert not Verdict.objects.exists()
    assert Notification.objects.filter(kind="judge_failed").exists()
    pace = pace_of(version.application, programme_of(version.application.case).rules, now=now())
    assert (pace.used, pace.free_at) == (0, None)


def test_what_keeps_failing_for_our_faults_is_held_up_then_judged(
    version: Deliverable, settings: Any, tmp_path: Path
) -> None:
    """The signing key can't be read: more often than the judge itself may fail, and for longer than half an hour."""
    home, settings.HOME = settings.HOME, tmp_path / "file"
    settings.HOME.write_text("no folder")
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(OSError, match="file"):
            judge_deliverable(version.pk)
    version.refresh_from_db()
    assert (version.judging, version.tries, version.held_by) == ("queued", 0, HeldBy.FILES)
    assert not Notification.objects.filter(kind="judging_held_up").exists()
    Deliverable.objects.update(held_since=now() - timedelta(hours=1))
    for _ in range(2):
        with pytest.raises(OSError, match="file"):
            judge_deliverable(version.pk)
    told = Notification.objects.filter(kind="judging_held_up")
    assert [line.person for line in told] == list(persons_with_role(Role.OFFICER))
    assert "NotADirectoryError" in told[0].body.en
    assert charged(version) == 0

    settings.HOME = home
    judge_deliverable(version.pk)
    version.refresh_from_db()
    assert (version.judging, version.held_since, version.held_by) == ("done", None, "")
    assert Verdict.objects.filter(deliverable=version).exists()
    assert charged(version) == 1


def charged(version: Deliverable) -> int:
    application = Application.objects.select_related("case").get(pk=version.application_id)
    return pace_of(application, programme_of(application.case).rules, now=now()).used


def test_pages_say_what_holds_it_up(version: Deliverable) -> None:
    Deliverable.objects.update(held_since=now() - timedelta(hours=2), held_by=HeldBy.DISK)
    page = seen_by(version.submitted_by, f"/deliverables/{version.pk}/", "en")
    assert "Judging is held up: the disk is full." in page
    assert "评测受阻：磁盘已满。" in seen_by(version.submitted_by, f"/applications/{version.application_id}/")
    machines = seen_by(persons_with_role(Role.OFFICER)[0], "/machines/")
    assert "磁盘已满" in machines
    assert f"/deliverables/{version.pk}/" in machines


def seen_by(person: Person, url: str, language: str = "zh-hans") -> str:
    client = Client()
    client.force_login(person)
    return client.get(url, headers={"accept-language": language}).content.decode()


def test_it_is_tried_for_ever_but_not_in_haste() -> None:
    job = Job(id=1, status="doing", queue="judge", lock=None, queueing_lock=None, task_name="x")
    waits = []
    for attempts in (0, 1, 20, 10_000):
        at = holdups.Patience().get_retry_decision(exception=OSError(), job=job.evolve(attempts=attempts)).retry_at
        assert at is not None
        waits.append(round((at - now()).total_seconds()))
    assert waits == [10, 20, 210, 600]


def test_what_is_blamed(version: Deliverable) -> None:
    full = OperationalError("could not extend file")
    full.__cause__ = psycopg.errors.DiskFull("could not extend file")
    faults: list[tuple[Exception, HeldBy]] = [
        (OSError(errno.ENOSPC, "no space"), HeldBy.DISK), (PermissionError(errno.EACCES, "no"), HeldBy.FILES),
        (OperationalError("gone"), HeldBy.DATABASE), (ValueError("bug"), HeldBy.FAULT), (full, HeldBy.DISK),
    ]
    for fault, blamed in faults:
        Deliverable.objects.update(judging="running", tries=1)
        version.refresh_from_db()
        holdups.hold_up(work=version, fault=fault, now=now())
        version.refresh_from_db()
        assert (version.held_by, version.tries, version.judging) == (blamed, 0, "queued")
    Deliverable.objects.update(judging="done", tries=1, held_since=None)
    version.refresh_from_db()
    holdups.hold_up(work=version, fault=OSError(), now=now())  # after its verdict, when the team is told, say
    version.refresh_from_db()
    assert (version.judging, version.held_since) == ("done", None)


def test_what_kills_its_workers_is_given_up_and_told(version: Deliverable) -> None:
    Deliverable.objects.update(judging="running", tries=MOST_TRIES)
    judge_deliverable(version.pk)
    version.refresh_from_db()
    assert version.judging == "failed"
    assert Notification.objects.filter(kind="judge_failed").exists()


def test_what_lost_its_job_gets_another(version: Deliverable) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name=holdups.JUDGING)
    Deliverable.objects.update(judging="running", submitted_at=now() - timedelta(hours=1))
    queue_lost(0)
    assert jobs.count() == 1  # it has one
    jobs._raw_delete("default")
    queue_lost(0)
    queue_lost(0)
    version.refresh_from_db()
    assert (version.judging, jobs.count()) == ("queued", 1)
    assert jobs.get().args == {"deliverable_id": version.pk}


@pytest.mark.parametrize(("event", "judging"), [("withdraw", "dropped"), ("terminate", "dropped"), ("outrun", "done")])
def test_what_waited_when_its_team_dropped_out_is_left_with_a_word(version: Deliverable, event: str, judging: str) -> None:
    """Who lost the race keeps a place on the leaderboard, so that is judged."""
    by = {"withdraw": version.submitted_by, "terminate": persons_with_role(Role.OFFICER)[0]}.get(event)
    move(case=version.application.case, event=event, by=by, reason="x", now=now())
    judge_deliverable(version.pk)
    judge_deliverable(version.pk)
    version.refresh_from_db()
    assert (version.judging, Verdict.objects.exists()) == (judging, judging == "done")
    if judging == "dropped":
        assert AuditEntry.objects.filter(action="deliverable.dropped").count() == 1
        assert "The case ended before its turn came" in seen_by(version.submitted_by, f"/deliverables/{version.pk}/", "en")
        assert "不再评测" in seen_by(version.submitted_by, f"/applications/{version.application_id}/")
        assert not holdups.lost(now=now() + timedelta(hours=1))


def test_a_call_with_work_that_waits_cannot_be_cancelled(version: Deliverable) -> None:
    call = version.application.call
    with pytest.raises(Refused):
        move(case=call.case, event="cancel", by=persons_with_role(Role.OFFICER)[0], reason="x", now=now())
