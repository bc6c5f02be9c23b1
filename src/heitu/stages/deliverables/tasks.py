"""Judging, in the queue."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from procrastinate.contrib.django import app

from heitu.engines.judge import Progress, judge
from heitu.ground.core.clock import now
from heitu.stages.deliverables.actions import queue_judging, record_verdict
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable
from heitu.stages.deliverables.notices import tell_judge_failed, tell_verdict

MOST_TRIES = 3
SECONDS_BETWEEN_REPORTS = 0.5


@app.task(queue="judge")
def judge_deliverable(deliverable_id: int) -> None:
    """Judge one version. Safe to run twice: a version that has its verdict is left alone."""
    deliverable = Deliverable.objects.select_related("application__call", "application__case").get(pk=deliverable_id)
    if deliverable.judging in (JudgingStatus.DONE, JudgingStatus.FAILED):
        return
    deliverable.judging, deliverable.tries = JudgingStatus.RUNNING, deliverable.tries + 1
    deliverable.save(update_fields=["judging", "tries"])
    task = task_folder(deliverable.application.call.task)
    found = judge(task, Path(deliverable.file.path), progress=_Reporter(deliverable))
    if found.verdict == "judge_error":
        _try_again(deliverable)
        return
    verdict = record_verdict(
        deliverable=deliverable, result=found.as_json(), shown=found.as_json("participant"), now=now()
    )
    tell_verdict(verdict=verdict, now=now())


def task_folder(slug: str) -> Path:
    """Where the packs keep the task called `slug`."""
    return next(folder for pack in settings.PACKS if (folder := Path(pack) / "tasks" / slug).is_dir())


def _try_again(deliverable: Deliverable) -> None:
    """A fault of ours never costs the team an attempt; after three a person looks."""
    if deliverable.tries < MOST_TRIES:
        deliverable.judging = JudgingStatus.QUEUED
        deliverable.save(update_fields=["judging"])
        queue_judging(deliverable)
        return
    deliverable.judging = JudgingStatus.FAILED
    deliverable.save(update_fields=["judging"])
    tell_judge_failed(deliverable=deliverable, now=now())


class _Reporter:
    """Writes progress to the row at most twice a second."""

    def __init__(self, deliverable: Deliverable) -> None:
        self.deliverable = deliverable
        self.written = 0.0

    def __call__(self, progress: Progress) -> None:
        if time.monotonic() - self.written < SECONDS_BETWEEN_REPORTS:
            return
        self.written = time.monotonic()
        shown = {"phase": progress.phase, "done": progress.done, "total": progress.total}
        Deliverable.objects.filter(pk=self.deliverable.pk).update(progress=shown)
