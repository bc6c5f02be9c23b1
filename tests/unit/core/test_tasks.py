"""Jobs of workers that were killed go to others, whatever waits beside them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction
from procrastinate.contrib.django import app

from heitu.ground.core.queue import job
from heitu.ground.core.tasks import hand_on_stalled_jobs

pytestmark = pytest.mark.django_db(transaction=True)

STATES = "SELECT task_name, status FROM procrastinate_jobs WHERE task_name LIKE 'killed.%' ORDER BY id"


def taken_by_a_dead_worker(name: str, lock: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id) "
            "INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, worker_id) "
            "SELECT 'default', %s, %s, 'doing', id FROM dead", [name, lock],
        )


def states() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(STATES)
        return list(cursor.fetchall())


@asynccontextmanager
async def at_work() -> AsyncIterator[None]:
    """The queue as a worker has it."""
    worker = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with worker.open_async():
        with app.replace_connector(worker.connector):
            yield


async def hand_on() -> int:
    async with at_work():
        return await hand_on_stalled_jobs(30.0)


def test_one_whose_like_waits_already_ends_and_the_others_go_on() -> None:
    taken_by_a_dead_worker("killed.periodic", "only-one-waits")
    app.configure_task("killed.periodic", queueing_lock="only-one-waits", allow_unknown=True).defer()
    taken_by_a_dead_worker("killed.other", None)
    assert asyncio.run(hand_on()) == 2
    assert states() == [("killed.periodic", "todo"), ("killed.other", "todo")]
    assert asyncio.run(hand_on()) == 0


def test_a_job_put_by_a_worker_is_there_with_its_rows_or_not_at_all() -> None:
    """Where a worker runs, procrastinate's own way leads outside of the transaction."""
    asyncio.run(in_a_worker(put_and_taken_back))
    assert states() == []
    asyncio.run(in_a_worker(put))
    assert states() == [("killed.never", "todo")]


async def in_a_worker(act: Callable[[], None]) -> None:
    async with at_work():
        await sync_to_async(act, thread_sensitive=False)()


def put() -> None:
    try:
        job("killed.never", allow_unknown=True).defer()
    finally:
        connection.close()


def put_and_taken_back() -> None:
    try:
        with transaction.atomic():
            job("killed.never", allow_unknown=True).defer()
            transaction.set_rollback(True)
    finally:
        connection.close()
