"""A payment killed with SIGKILL, a database lost in the middle of a judging: nothing is lost, nothing is doubled.

A judge that is killed is in `test_many_machines`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.db import connection, transaction
from procrastinate.contrib.django import app

from heitu.engines.ledger.models import Account
from heitu.ground.core.tasks import hand_on_stalled_jobs
from heitu.stages.deliverables import actions as deliverables
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.settlement.models import Payout
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, DESIGN, to_delivering, to_offer

pytestmark = pytest.mark.django_db(transaction=True)
FAST = Path("packs/ascend/tasks/softmax/examples/fast/submission.py")


@pytest.fixture
def story() -> Story:
    story = Story("crowd-operators")
    story.expert("expert1")
    story.expert("expert2")
    return story


def test_a_lost_database_loses_nothing(story: Story) -> None:
    """Every connection of the worker is cut in the middle of a judging: the work is done all the same."""
    application = story.application(story.call(task="softmax"), ANSWERS)
    to_delivering(story, application)
    made = deliverables.hand_in(
        application=application, file=ContentFile(FAST.read_bytes(), name="submission.py"), by=story.cast.lin, now=story.now
    )
    with worker():
        wait_for(lambda: Deliverable.objects.get(pk=made.pk).judging == "running")
        with connection.cursor() as cursor:
            cursor.execute(CUT)
            assert cursor.fetchone()[0] > 0
        time.sleep(5)
    asyncio.run(_hand_on())  # it may have left with its connections, as after a kill; whoever keeps it up starts another
    with worker():
        wait_for(lambda: Verdict.objects.filter(deliverable=made).exists(), 180)
    assert Verdict.objects.count() == 1
    assert Deliverable.objects.get(pk=made.pk).judging == "done"


def test_a_killed_payment_pays_once(story: Story) -> None:
    cast = story.cast
    application = story.application(story.call(task="softmax"), ANSWERS)
    to_offer(story, application)
    story.move(application.case, "accept", cast.lin)
    story.move(application.case, "report", cast.lin, data=DESIGN)
    story.move(application.case, "accept", cast.zhou)
    with transaction.atomic():
        list(Account.objects.select_for_update().filter(code__startswith="team:"))
        paying = subprocess.Popen(
            [sys.executable, "-c", PAY.format(case=application.case.pk, by=cast.ma.pk)], env=environment()
        )
        wait_for(is_somebody_waiting)
        os.kill(paying.pid, signal.SIGKILL)
        paying.wait()
    wait_for(lambda: not is_somebody_waiting())
    assert Payout.objects.get().status == "proposed"
    assert story.money().paid == 0
    story.move(application.case, "approve", cast.ma)
    assert Payout.objects.get().status == "paid"
    assert story.money().paid == 18_000_00


PAY = """
import django; django.setup()
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.models import Case
from heitu.ground.core.clock import now
from heitu.ground.people.models import Person
move(case=Case.objects.get(pk={case}), event="approve", by=Person.objects.get(pk={by}), now=now())
"""


CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


async def _hand_on() -> int:
    worker_app = app.with_connector(app.connector.get_worker_connector())
    async with worker_app.open_async():
        with app.replace_connector(worker_app.connector):
            return await hand_on_stalled_jobs(1.0)


@contextmanager
def worker() -> Iterator[subprocess.Popen[bytes]]:
    """A real worker on the judge's queue."""
    process = subprocess.Popen([sys.executable, "-m", "heitu.site.command", "worker", "--queue", "judge"], env=environment())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def environment() -> dict[str, str]:
    given = connection.settings_dict
    url = f"postgresql://{given['USER']}@/{given['NAME']}?host={given['HOST']}"
    return {**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "heitu.site.settings"}


def is_somebody_waiting() -> bool:
    """Whether anybody waits for a lock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def wait_for(happened: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
