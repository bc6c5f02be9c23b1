"""Judging anew: into a shadow, by those who may, and only a decision puts it in force."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import end_membership
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Membership, Notification, Person
from heitu.stages.applications.models import Application
from heitu.stages.applications.rules import can_see_application, visible_applications
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.enums import Decision, HeldBy
from heitu.stages.deliverables.judging import holdups, rejudging
from heitu.stages.deliverables.judging.evidence import can_take_evidence
from heitu.stages.deliverables.judging.turns import LAST
from heitu.stages.deliverables.models import Deliverable, Rejudgement, Verdict
from heitu.stages.deliverables.queries import leaderboard
from heitu.stages.deliverables.rules import (
    calls_to_compare,
    can_compare_work,
    can_see_deliverable,
    visible_deliverables,
)
from heitu.stages.deliverables.tasks import MOST_TRIES, queue_lost, rejudge
from heitu.stages.work.rules import can_write_note
from tests.people import Cast, client_of
from tests.road import a_verdict

pytestmark = pytest.mark.django_db
WORK = b"import numpy\n\n\ndef other(x):\n    return x\n"


@pytest.fixture
def version(cast: Cast, delivering: Application) -> Deliverable:
    """A version that has the wrong entry, with a verdict that says otherwise."""
    made = actions.hand_in(
        application=delivering, file=ContentFile(WORK, name="submission.py"), by=cast.lin, queue=False,
        now=clock.now() - timedelta(hours=2),
    )
    body = a_verdict() | {"digests": {}, "toolchain": {}, "options": {}, "seed": 1, "kind": "operator", "task": "x"}
    actions.record_verdict(deliverable=made, result=body, now=clock.now())
    return Deliverable.objects.get(pk=made.pk)


@pytest.fixture
def asked(cast: Cast, version: Deliverable) -> Rejudgement:
    made = rejudging.ask(deliverable=version, reason="机器当时很忙", by=cast.chen, now=clock.now())
    assert made is not None
    return made


def test_doors(cast: Cast, version: Deliverable) -> None:
    url, may = f"/deliverables/{version.pk}/rejudgement/", {"chen", "zhou"}
    for name in cast.persons():
        if name in may:
            continue
        assert client_of(cast, name).post(url, {"reason": "x"}).status_code == (302 if name == "visitor" else 404), name
    assert not Rejudgement.objects.exists()
    assert client_of(cast, "zhou").post(url, {"reason": "要求复核"}).status_code == 302
    decision = f"/rejudgements/{Rejudgement.objects.get().pk}/decision/"
    for name in cast.persons().keys() - may - {"visitor"}:
        assert client_of(cast, name).post(decision, {"decision": "dismissed"}).status_code == 404, name
        if name in ("lin", "sun", "xu", "ma"):
            assert "要求复核" not in client_of(cast, name).get(f"/deliverables/{version.pk}/").content.decode()
    assert client_of(cast, "chen").post("/rejudgements/999999/decision/").status_code == 404
    assert Rejudgement.objects.get().decision == ""


def test_a_reason_is_needed_and_one_at_a_time(cast: Cast, version: Deliverable, asked: Rejudgement) -> None:
    for reason, code in (("  ", "no_reason"), ("again", "already_asked")):
        with pytest.raises(Refused) as refused:
            rejudging.ask(deliverable=version, reason=reason, by=cast.chen, now=clock.now())
        assert refused.value.code == code
    job = ProcrastinateJob.objects.get(task_name__endswith="rejudge")
    assert (job.priority, job.queue_name) == (LAST, "judge")


def test_a_shadow_changes_nothing_until_it_is_promoted(
    cast: Cast, version: Deliverable, asked: Rejudgement, delivering: Application
) -> None:
    old = version.verdict
    rejudge(asked.pk)
    rejudge(asked.pk)
    asked.refresh_from_db()
    assert asked.shadow is not None
    assert not asked.shadow.accepted
    assert Deliverable.objects.get(pk=version.pk).verdict == old
    assert len(leaderboard(delivering.call)) == 1
    page = client_of(cast, "chen").get(f"/deliverables/{version.pk}/").content.decode()
    assert "结论不同：原为 accepted" in page
    assert "采用新结论" in page
    told = Notification.objects.filter(kind="verdict").count()
    client_of(cast, "chen").post(f"/rejudgements/{asked.pk}/decision/", {"decision": "promoted"})
    assert Deliverable.objects.get(pk=version.pk).verdict == asked.shadow
    assert leaderboard(delivering.call) == []
    assert Notification.objects.filter(kind="verdict").count() > told
    assert set(version.verdicts.all()) == {old, asked.shadow}, "the old verdict is kept"
    assert "已采用" in client_of(cast, "chen").get(f"/deliverables/{version.pk}/").content.decode()
    with pytest.raises(Refused, match="already_decided"):
        rejudging.decide(rejudgement=asked, decision=Decision.DISMISSED, by=cast.chen, now=clock.now())


def test_what_is_left_aside_stays_a_shadow(cast: Cast, version: Deliverable, asked: Rejudgement) -> None:
    with pytest.raises(Refused, match="not_judged"):
        rejudging.decide(rejudgement=asked, decision=Decision.PROMOTED, by=cast.chen, now=clock.now())
    rejudging.decide(rejudgement=asked, decision=Decision.DISMISSED, by=cast.chen, now=clock.now())
    rejudge(asked.pk)
    assert Verdict.objects.count() == 1
    assert rejudging.ask(deliverable=version, reason="again", by=cast.zhou, now=clock.now())


def test_what_holds_it_up_is_said_and_it_goes_on_by_itself(
    cast: Cast, version: Deliverable, asked: Rejudgement, settings: Any, tmp_path: Path
) -> None:
    """The signing key can't be read, more often than the judge itself may fail."""
    home, settings.HOME = settings.HOME, tmp_path / "file"
    settings.HOME.write_text("no folder")
    for _ in range(MOST_TRIES + 1):
        with pytest.raises(OSError, match="file"):
            rejudge(asked.pk)
    asked.refresh_from_db()
    assert (asked.judging, asked.tries, asked.held_by) == ("queued", 0, HeldBy.FILES)
    settings.HOME = home
    chen, url = client_of(cast, "chen"), f"/deliverables/{version.pk}/"
    assert "评测受阻：文件读不到。恢复后自动评测，原结论不变。" in chen.get(url).content.decode()
    english = chen.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Judging is held up: files can’t be read. It goes on by itself; the old verdict stands meanwhile." in english
    assert url in chen.get("/machines/").content.decode()
    rejudge(asked.pk)
    asked.refresh_from_db()
    assert (asked.judging, asked.held_since, asked.held_by) == ("done", None, "")
    assert "评测受阻" not in chen.get(url).content.decode()


def test_what_kills_its_workers_is_given_up_and_told(version: Deliverable, asked: Rejudgement) -> None:
    Rejudgement.objects.update(judging="running", tries=MOST_TRIES)
    rejudge(asked.pk)
    asked.refresh_from_db()
    assert (asked.judging, asked.shadow) == ("failed", None)
    assert Notification.objects.filter(kind="judge_failed").exists()


def test_what_lost_its_job_gets_another(version: Deliverable, asked: Rejudgement) -> None:
    jobs = ProcrastinateJob.objects.filter(task_name=holdups.REJUDGING)
    Rejudgement.objects.update(judging="running", asked_at=clock.now() - timedelta(hours=1))
    queue_lost(0)
    assert jobs.count() == 1  # it has one
    jobs._raw_delete("default")
    queue_lost(0)
    queue_lost(0)
    asked.refresh_from_db()
    assert (asked.judging, jobs.get().args) == ("queued", {"rejudgement_id": asked.pk})


def test_a_version_that_the_judge_failed_on_is_judged_as_new(cast: Cast, delivering: Application) -> None:
    made = actions.hand_in(
        application=delivering, file=ContentFile(WORK, name="submission.py"), by=cast.lin, queue=False, now=clock.now()
    )
    Deliverable.objects.filter(pk=made.pk).update(judging="failed", tries=3)
    client_of(cast, "chen").post(f"/deliverables/{made.pk}/rejudgement/", {"reason": "评测机修好了"})
    made.refresh_from_db()
    assert (made.judging, made.tries) == ("queued", 0)
    assert not Rejudgement.objects.exists()


@pytest.mark.parametrize("change", [{"score": 1.0}, {"record": {}}, {"accepted": False}, {"of_id": 1}, {"signature": ""}])
def test_a_verdict_s_evidence_can_still_not_be_changed(version: Deliverable, change: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Verdict.objects.filter(deliverable=version).update(**change)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Verdict.objects.filter(deliverable=version)._raw_delete("default")


def test_an_owner_who_left_sees_nothing_of_the_work(cast: Cast, version: Deliverable) -> None:
    application = version.application
    call = application.call
    end_membership(membership=Membership.objects.get(person=cast.zhou, role=Role.OWNER), by=cast.chen, now=clock.now())
    zhou = Person.objects.get(pk=cast.zhou.pk)
    assert not can_see_deliverable(zhou, version)
    assert not visible_deliverables(zhou).exists()
    assert not can_see_application(zhou, application)
    assert not visible_applications(zhou).exists()
    assert not can_write_note(zhou, application)
    assert not can_take_evidence(zhou, version)
    assert not can_compare_work(zhou, call)
    assert not calls_to_compare(zhou).exists()
    assert not rejudging.can_rejudge(zhou, version)
