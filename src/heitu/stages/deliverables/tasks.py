"""Judging, in the queue."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import close_old_connections, connection, transaction
from procrastinate.contrib.django import app

from heitu.engines.judge import Broken, BrokenCall, LayersMissing, Progress, Verdict, judge
from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused, refuse
from heitu.stages.calls.enums import DeliverableKind
from heitu.stages.deliverables.actions import drop, queue_judging, record_verdict
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.judging import rejudging
from heitu.stages.deliverables.judging.holdups import Patience, hold_up, lost, lost_anew, tell_unserved
from heitu.stages.deliverables.judging.machines import Unfit, busy_with
from heitu.stages.deliverables.models import Deliverable, Rejudgement
from heitu.stages.deliverables.notices import tell_judge_failed, tell_verdict
from heitu.stages.deliverables.queries import DROPPED_OUT

_log = logging.getLogger(__name__)
MOST_TRIES = 3
SECONDS_BETWEEN_REPORTS = 0.5
SECONDS_UNTIL_ANOTHER = 60
_AGAIN = Patience()  # a full disk, a lost database, a file that can't be read


@app.task(queue="judge", retry=_AGAIN)
def judge_deliverable(deliverable_id: int) -> None:
    """Judge one version, unless its team has dropped out meanwhile. Safe to run twice: one that has its verdict is left alone."""
    _let_go_of_dead_connections()
    related = ("application__call", "application__case", "sealed_seed")
    deliverable = Deliverable.objects.select_related(*related).get(pk=deliverable_id)
    if deliverable.judging in (JudgingStatus.DONE, JudgingStatus.FAILED, JudgingStatus.DROPPED):
        return
    if deliverable.application.case.outcome in DROPPED_OUT:
        drop(deliverable=deliverable, now=now())
        return
    if deliverable.tries >= MOST_TRIES:  # its workers died over it, each time
        _give_up(deliverable)
        return
    deliverable.judging, deliverable.tries = JudgingStatus.RUNNING, deliverable.tries + 1
    deliverable.save(update_fields=["judging", "tries"])
    try:
        _judge_now(deliverable)
    except Unfit as unfit:
        _log.warning("deliverable %s waits for another machine", deliverable.pk, exc_info=True)
        hold_up(work=deliverable, fault=unfit, now=now())
        queue_judging(deliverable, wait_seconds=SECONDS_UNTIL_ANOTHER)
    except Exception as fault:
        _let_go_of_dead_connections()
        hold_up(work=deliverable, fault=fault, now=now())
        raise


def _judge_now(deliverable: Deliverable) -> None:
    seed = getattr(deliverable, "sealed_seed", None)
    found = _judged(deliverable, seed.number if seed else None)
    if found is None:
        _try_again(deliverable)
        return
    _keep(deliverable, found)


@transaction.atomic
def _keep(deliverable: Deliverable, found: Verdict) -> None:
    """The verdict and word of it to the team: both or neither."""
    verdict = record_verdict(
        deliverable=deliverable, result=found.as_json(), shown=found.as_json("participant"), now=now()
    )
    tell_verdict(verdict=verdict, now=now())


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="deliverables.queue_lost", name="deliverables.queue_lost")
def queue_lost(timestamp: int) -> None:
    """Every five minutes: what waits without a job gets a new one, and the office hears of what no machine can take, so that
    nothing waits for ever."""
    tell_unserved(now=now())
    for deliverable in lost(now=now()):
        _log.warning("deliverable %s had no job left, and is queued anew", deliverable.pk)
        with transaction.atomic():
            Deliverable.objects.filter(pk=deliverable.pk).update(judging=JudgingStatus.QUEUED)
            queue_judging(deliverable)
    for row in lost_anew(now=now()):
        _log.warning("rejudgement %s had no job left, and is queued anew", row.pk)
        with transaction.atomic():
            Rejudgement.objects.filter(pk=row.pk).update(judging=JudgingStatus.QUEUED)
            rejudging.queue(row)


@app.task(queue="judge", retry=_AGAIN)
def rejudge(rejudgement_id: int) -> None:
    """Judge a version anew, by a fresh seed, into a shadow. Safe to run twice."""
    _let_go_of_dead_connections()
    related = ("deliverable__application__call", "deliverable__application__case")
    row = Rejudgement.objects.select_related(*related).get(pk=rejudgement_id)
    if row.decision or row.judging in (JudgingStatus.DONE, JudgingStatus.FAILED):
        return
    if row.tries >= MOST_TRIES:  # its workers died over it, each time
        rejudging.give_up(rejudgement=row, now=now())
        return
    row.judging, row.tries = JudgingStatus.RUNNING, row.tries + 1
    row.save(update_fields=["judging", "tries"])
    try:
        _rejudge_now(row)
    except Unfit as unfit:
        hold_up(work=row, fault=unfit, now=now())
        rejudging.queue(row, wait_seconds=SECONDS_UNTIL_ANOTHER)
    except Exception as fault:
        _let_go_of_dead_connections()
        hold_up(work=row, fault=fault, now=now())
        raise


def _rejudge_now(row: Rejudgement) -> None:
    found = _judged(row.deliverable, None)
    if found is not None:
        rejudging.keep_shadow(rejudgement=row, found=found, now=now())
    elif row.tries < MOST_TRIES:
        row.judging = JudgingStatus.QUEUED
        row.save(update_fields=["judging"])
        rejudging.queue(row, wait_seconds=SECONDS_UNTIL_ANOTHER)
    else:
        rejudging.give_up(rejudgement=row, now=now())


def _let_go_of_dead_connections() -> None:
    """One that the database ended would fail every job from here on."""
    if not connection.in_atomic_block:
        close_old_connections()


def _judged(deliverable: Deliverable, seed: int | None) -> Verdict | None:
    """The judge's word, or None where the fault is ours: a broken task, or the judge itself.

    Raises Unfit where another machine must do it.
    """
    call = deliverable.application.call
    try:
        task, file = task_folder(call.task), Path(deliverable.file.path)
        with busy_with(deliverable, is_timed=call.kind == DeliverableKind.OPERATOR):
            found = _conclusive(lambda: judge(task, file, seed=seed, progress=_Reporter(deliverable)))
    except (BrokenCall, LayersMissing) as lack:
        raise Unfit(lack.en) from lack
    except (Broken, Refused):
        _log.exception("deliverable %s could not be judged", deliverable.pk)
        return None
    if found.verdict == "judge_error":
        _log.error("deliverable %s met a fault of the judge: %s", deliverable.pk, found.text)
        return None
    return found


def task_folder(slug: str) -> Path:
    """Where the packs keep the task called `slug`."""
    folders = (Path(pack) / "tasks" / slug for pack in settings.PACKS)
    found = next((folder for folder in folders if folder.is_dir()), None)
    if found is None:
        raise refuse("task_gone", f"评测任务 {slug} 不在任何计划包里。", f"No pack has the task {slug}.")
    return found


def _conclusive(run: Callable[[], Verdict]) -> Verdict:
    """Judge again, at most three times in all, while a noisy machine leaves the interval too wide to say anything."""
    for _ in range(MOST_TRIES):
        found = run()
        if found.speedup is None or found.speedup.call != "inconclusive":
            break
    return found


def _try_again(deliverable: Deliverable) -> None:
    """A fault of ours never costs the team an attempt; after three a person looks."""
    if deliverable.tries < MOST_TRIES:
        deliverable.judging = JudgingStatus.QUEUED
        deliverable.save(update_fields=["judging"])
        queue_judging(deliverable)
        return
    _give_up(deliverable)


def _give_up(deliverable: Deliverable) -> None:
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
