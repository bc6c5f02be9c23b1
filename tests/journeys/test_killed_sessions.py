"""A host of lab sessions killed with SIGKILL in the midst of a cell: nothing of it runs on, the page says so, another takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.kinds.courses.enums import RunState, SessionEnd, SessionState
from heitu.kinds.courses.models import CellRun, LabSession, Offering, SessionHost
from tests import courses
from tests.cells.test_boxes import below, is_there
from tests.journeys.test_killed_processes import environment, wait_for
from tests.people import client_of, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
ENDLESS = "import time\nfor i in range(6000):\n    print('step', i)\n    time.sleep(.05)"


def test_another_host_takes_over(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    cast = make_cast(clock.now())
    version = courses.loaded(tmp_path, now=clock.now())
    offering = courses.an_offering(courses.an_adoption(version, cast, now=clock.now()), cast, now=clock.now())
    courses.a_student(offering, cast.sun)
    mine = client_of(cast, "sun")
    with ExitStack() as stack:
        hosts = {each.pid: each for each in [stack.enter_context(sessions()) for _ in range(2)]}
        wait_for(lambda: SessionHost.objects.count() == 2)
        run(mine, offering, ENDLESS)
        wait_for(lambda: "step 3" in str(CellRun.objects.get().outputs))
        first = LabSession.objects.get()
        kill(hosts[int(str(first.host).rpartition(":")[2])])
        SessionHost.objects.filter(pk=first.host_id or 0).update(seen_at=clock.now() - timedelta(seconds=16))  # what time would do
        said = mine.get(api(offering)).json()
        assert (said["state"], said["is_busy"]) == ("ended", False)
        page = mine.get(f"/classes/{offering.pk}/labs/add-up/cells/").content.decode()
        assert "运行会话的机器停了" in page
        assert "step 3" in page
        run(mine, offering, "6 * 7")
        wait_for(lambda: CellRun.objects.get().state == RunState.DONE)
    first.refresh_from_db()
    second = LabSession.objects.exclude(pk=first.pk).get()
    assert (first.why, CellRun.objects.get().outputs[0]["data"]["text/plain"]) == (SessionEnd.LOST, "42")
    assert (second.state, second.why) == (SessionState.ENDED, SessionEnd.STOPPED)  # told to stop, it ended what it had


@contextmanager
def sessions() -> Iterator[subprocess.Popen[bytes]]:
    """A real host with one seat."""
    process = subprocess.Popen([sys.executable, "-m", "heitu.site.command", "sessions", "--seats", "1"], env=environment())
    try:
        yield process
    finally:
        process.terminate()
        process.wait(30)


def kill(host: subprocess.Popen[bytes]) -> None:
    theirs = below(host.pid)
    assert len(theirs) >= 2  # the zygote and its child
    os.kill(host.pid, signal.SIGKILL)
    wait_for(lambda: not any(map(is_there, theirs)), 5)


def api(offering: Offering) -> str:
    return f"/api/v1/classes/{offering.pk}/labs/add-up/session"


def run(mine: Client, offering: Offering, source: str) -> None:
    assert mine.post(api(offering), {}, content_type="application/json").status_code == 201
    asked = {"cells": [{"id": "total", "source": source}]}
    assert mine.post(f"{api(offering)}/runs", asked, content_type="application/json").status_code == 202
