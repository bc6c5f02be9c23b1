"""`heitu worker`: does queued work; start as many as there are machines."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from contextlib import AbstractContextManager

import click

LOOK_AGAIN = 0.5  # seconds
YIELDING = 5  # who hands in, or asks for the place in the queue, goes before the grading on the same machine


@click.command()
@click.option("--queue", multiple=True, help="Only these queues (default: all that this machine can serve).")
@click.option("--concurrency", type=int, help="Jobs at once (default: 4 where only notebooks are graded, else 1).")
def worker(queue: tuple[str, ...], concurrency: int | None) -> None:
    """Take jobs from the queue until stopped.

    Whoever takes the queue `judge`, or that of a framework, such as `judge-torch`, stands in the list of judging machines;
    whoever takes `grade` or `grade-torch` in that of machines that grade labs. `judge` and `grade` bring along the frameworks
    that are installed here; the judge's queue of one that isn't is refused. Where the sandbox lacks a layer, nothing is judged
    or graded: exit 2, saying which. Nor is anything done with other keys than the platform's.
    """
    take_jobs(queue, concurrency)


def take_jobs(asked: Sequence[str], concurrency: int | None = None) -> None:
    """Until stopped; of the queues `asked`, or of all that this machine can serve."""
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from heitu.kinds.courses import machines as grading
    from heitu.stages.deliverables.judging import machines as judging

    refuse_without_keys()
    queues = _queues(asked)
    refuse_what_is_lacking(queues)
    at_work: list[AbstractContextManager[object]] = [judging.announced(queues)] if judging.served(queues) else []
    at_work += [grading.announced(queues)] if grading.served(queues) else []
    if at_work:
        refuse_without_layers()
    if _only_grades(queues):
        os.nice(YIELDING)
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with contextlib.ExitStack() as stack, app.replace_connector(connector.get_worker_connector()) as running:
        for announced in at_work:
            stack.enter_context(announced)
        # Jobs of one lab take turns by a lock, and nothing tells a worker with room left that it was freed but looking again.
        running.run_worker(
            queues=queues, concurrency=concurrency or (4 if _only_grades(queues) else 1), fetch_job_polling_interval=LOOK_AGAIN,
        )


def _only_grades(queues: Sequence[str]) -> bool:
    from heitu.kinds.courses.machines import QUEUE

    return all(name.startswith(QUEUE) for name in queues)


def _queues(asked: Sequence[str]) -> list[str]:
    """With the queues of installed frameworks beside the judge's and that of labs."""
    from heitu.kinds.courses import machines as grading
    from heitu.stages.deliverables.judging import machines as judging

    queues = list(asked or ("default", "mail", "lti", judging.QUEUE, grading.QUEUE))
    more = [each.queue_of(name) for each in (judging, grading) if each.QUEUE in queues for name in each.installed()]
    return queues + [name for name in more if name not in queues]


def refuse_what_is_lacking(queues: Sequence[str]) -> None:
    """Work of a framework that isn't here would be taken, and put back, for ever."""
    from heitu.stages.deliverables.judging.machines import lacking, queue_of

    for name in lacking(queues):
        zh = f"这台机器没有装 {name}，不能承接队列 {queue_of(name)}：先运行 heitu judge --install {name}。"
        en = f"{name} isn't installed here, so the queue {queue_of(name)} can't be served: run heitu judge --install {name} first."
        click.echo(f"{zh}\n{en}", err=True)
        raise SystemExit(2)


def refuse_without_keys() -> None:
    """For whatever writes what others check: verdicts signed, and rows sealed, with other keys would look forged."""
    from django.conf import settings

    from heitu.ground.audit.chain import has_the_key

    if not has_the_key():
        zh = f"{settings.HOME}/keys 里不是本平台的密钥：请把平台 HEITU_HOME 里的 keys/ 和 uploads/ 共享到这里。"
        en = f"The keys in {settings.HOME}/keys aren't the platform's: share keys/ and uploads/ of its HEITU_HOME here."
        click.echo(f"{zh}\n{en}", err=True)
        raise SystemExit(2)


def refuse_without_layers() -> None:
    """For whatever runs what strangers wrote."""
    from heitu.engines.judge.doctor import refusal

    missing = refusal()
    if missing:
        click.echo(f"{missing.zh}\n{missing.en}", err=True)
        raise SystemExit(2)
