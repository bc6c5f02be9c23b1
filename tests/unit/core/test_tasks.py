"""Jobs of workers that were killed go to others, whatever waits beside them."""

from __future__ import annotations

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app

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


async def hand_on() -> int:
    at_work = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with at_work.open_async():
        with app.replace_connector(at_work.connector):
            return await hand_on_stalled_jobs(30.0)


def test_one_whose_like_waits_already_ends_and_the_others_go_on() -> None:
    taken_by_a_dead_worker("killed.periodic", "only-one-waits")
    app.configure_task("killed.periodic", queueing_lock="only-one-waits", allow_unknown=True).defer()
    taken_by_a_dead_worker("killed.other", None)
    assert asyncio.run(hand_on()) == 2
    assert states() == [("killed.periodic", "todo"), ("killed.other", "todo")]
    assert asyncio.run(hand_on()) == 0
