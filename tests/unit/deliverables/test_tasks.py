"""Judging from the queue: our own faults are tried three times and told to the office, and cost the team nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core.clock import now
from heitu.ground.people.models import Notification
from heitu.stages.calls.models import Call
from heitu.stages.deliverables.actions import hand_in
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.queries import pace_of
from heitu.stages.deliverables.tasks import MOST_TRIES, judge_deliverable
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
    return hand_in(application=application, file=file, by=story.cast.lin, now=story.now)


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
