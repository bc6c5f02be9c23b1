"""A time limit is of processor time: a busy machine isn't the work's fault; who sleeps meets the wall clock."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from heitu.engines.judge import Nursery
from heitu.engines.sandbox.box import Box, Ended, Room

from .conftest import absent
from .sandboxed import BOOT, inside

WORK = """
import time
begun = time.process_time()
while time.process_time() - begun < 0.3: pass
act = print
"""


@pytest.fixture
def counted(nursery: Nursery) -> Nursery:
    """A nursery on a machine that counts processor time."""
    with Box(nursery, Room(), BOOT, [("submission.py", b"act = print")]) as box:
        if box._group is None or box._group.cpu_seconds() is None:
            absent("processor time isn't counted by control group here")
    return nursery


def test_work_within_its_processor_time_outlives_a_stalled_machine(counted: Nursery) -> None:
    """The child stands still for longer than its limit, as on a machine that has no core for it."""
    with Box(counted, Room(), BOOT, [("submission.py", WORK.encode())]) as box:
        os.kill(box._pid, signal.SIGSTOP)
        threading.Timer(1.0, os.kill, (box._pid, signal.SIGCONT)).start()
        begun = time.monotonic()
        box.start(0.8)
        assert time.monotonic() - begun > 1.0


def test_processor_time_of_children_counts(counted: Nursery) -> None:
    source = "import os\nfor _ in range(2): os.fork()\nwhile True: pass"
    begun = time.monotonic()
    assert inside(counted, source, seconds=0.5)[1] == "time_limit"
    assert time.monotonic() - begun < 60


def test_a_sleeper_meets_the_wall_clock(counted: Nursery) -> None:
    with Box(counted, Room(), BOOT, [("submission.py", b"import time\ntime.sleep(99)")]) as box:
        begun = time.monotonic()
        with pytest.raises(Ended, match="time_limit"):
            box.start(0.1)
        assert 5 < time.monotonic() - begun < 60
