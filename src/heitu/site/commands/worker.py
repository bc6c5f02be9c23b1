"""`heitu worker`: does queued work; start as many as there are machines."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence

import click

LOOK_AGAIN = 0.5  # seconds
YIELDING = 5  # who hands in, or asks for the place in the queue, goes before the grading on the same machine


@click.command()
@click.option("--queue", multiple=True, help="Only these queues (default: all that this machine can serve).")
@click.option("--concurrency", type=int, help="Jobs at once (default: 4 where only notebooks are graded, else 1).")
def worker(queue: tuple[str, ...], concurrency: int | None) -> None:
    """Take jobs from the queue until stopped.

    Whoever takes the queue `judge` stands in the list of judging machines, and also takes the work of the frameworks
    that are installed here. Where the sandbox lacks a layer, nothing is judged or graded: exit 2, saying which.
    """
    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    from heitu.stages.deliverables.judging.machines import QUEUE, announced

    queues = _queues(queue)
    judges = QUEUE in queues
    if judges or "grade" in queues:
        _refuse_without_layers()
    if queues == ["grade"]:
        os.nice(YIELDING)
    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with announced() if judges else contextlib.nullcontext(), app.replace_connector(connector.get_worker_connector()) as running:
        # Jobs of one lab take turns by a lock, and nothing tells a worker with room left that it was freed but looking again.
        running.run_worker(
            queues=queues, concurrency=concurrency or (4 if queues == ["grade"] else 1), fetch_job_polling_interval=LOOK_AGAIN
        )


def _queues(asked: Sequence[str]) -> list[str]:
    """With the queues of installed frameworks beside the judge's."""
    from heitu.stages.deliverables.judging.machines import QUEUE, installed, queue_of

    queues = list(asked or ("default", "mail", QUEUE, "grade"))
    return queues + [queue_of(name) for name in installed() if QUEUE in queues and queue_of(name) not in queues]


def _refuse_without_layers() -> None:
    from heitu.engines.judge.doctor import refusal

    missing = refusal()
    if missing:
        click.echo(f"{missing.zh}\n{missing.en}", err=True)
        raise SystemExit(2)
