"""Judging machines of their own, each in its own network, against one PostgreSQL by TCP: announced, certified, replaceable.

Each has a HEITU_HOME of its own, of which only keys/ and uploads/ are the platform's, as docs/how-to/add-judging-machines
asks.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection

from heitu.ground.core.clock import now
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.judging import machines
from heitu.stages.deliverables.judging.evidence import record_of
from heitu.stages.deliverables.models import Deliverable, JudgingMachine, Verdict
from heitu.stages.deliverables.shown import verdict_shown
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering
from tests.journeys.test_killed_processes import FAST, environment, wait_for

pytestmark = pytest.mark.django_db(transaction=True)


PORT = "5499"


def far_home(place: Path, shared: Sequence[str]) -> Path:
    """Another host's HEITU_HOME, into which these folders of the platform's are mounted."""
    home = place / "home"
    home.mkdir(exist_ok=True)
    for name in shared:
        if not (home / name).exists():
            (settings.HOME / name).mkdir(exist_ok=True)
            (home / name).symlink_to(settings.HOME / name)
    return home


@contextmanager
def machine(
    name: str, *queues: str, toolchains: Path, shared: Sequence[str] = ("keys", "uploads"), **options: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """A worker that sees no network but its own loopback, where PostgreSQL listens."""
    given = connection.settings_dict
    far = {
        **environment(), "DATABASE_URL": f"postgresql://{given['USER']}@127.0.0.1:{PORT}/{given['NAME']}",
        "HEITU_HOME": str(far_home(toolchains, shared)), "HEITU_MACHINE": name, "HEITU_DEVICES": "none",
        "HEITU_TOOLCHAINS": str(toolchains),
    }
    alone = ["unshare", "--net", "--"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net", "--"]
    relayed = [sys.executable, str(Path(__file__).with_name("far.py")), f"{given['HOST']}/.s.PGSQL.5432", PORT]
    asked = [f"--queue={queue}" for queue in queues]
    process = subprocess.Popen(
        [*alone, *relayed, sys.executable, "-m", "heitu.site.command", "worker", *asked], env=far, **options
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(60)


def at_work(name: str) -> bool:
    return JudgingMachine.objects.filter(name__startswith=f"{name}:").exists()


@pytest.fixture
def delivering() -> Application:
    story = Story("crowd-operators")
    story.expert("expert1")
    story.expert("expert2")
    application = story.application(story.call(task="softmax"), ANSWERS)
    to_delivering(story, application)
    return application


def handed_in(application: Application, name: str = "submission.py") -> Deliverable:
    person = application.team.members.get(is_lead=True).person
    file = ContentFile(FAST.read_bytes(), name=name)
    return actions.hand_in(application=application, file=file, by=person, now=now())


def test_a_dead_machine_s_work_is_taken_over(delivering: Application, tmp_path: Path) -> None:
    """Within a minute, on a machine with time to spare; how long it took is printed."""
    made = handed_in(delivering)
    with machine("north", "judge", toolchains=tmp_path) as north:
        wait_for(lambda: Deliverable.objects.get(pk=made.pk).judging == "running")
        wait_for(lambda: JudgingMachine.objects.filter(name__startswith="north:", working_on=made).exists())
        with machine("south", "default", "judge", toolchains=tmp_path):
            wait_for(lambda: at_work("south"))
            os.kill(north.pid, signal.SIGKILL)
            killed = time.monotonic()
            wait_for(lambda: JudgingMachine.objects.filter(name__startswith="south:", working_on=made).exists(), 180)
            print(f"a dead machine's work was taken over after {time.monotonic() - killed:.1f} s")
            wait_for(lambda: Verdict.objects.filter(deliverable=made).exists(), 120)
            south = JudgingMachine.objects.get(name__startswith="south:")
            assert south.certified_at is not None
            assert (south.toolchains, south.devices, south.is_even) == (["numpy"], ["none"], True)
            lost = JudgingMachine.objects.get(name__startswith="north:")
            assert lost not in machines.alive(south.seen_at + machines.ALIVE_WITHIN / 2)
    assert Verdict.objects.count() == 1
    assert Verdict.objects.get().accepted
    assert record_of(Verdict.objects.get()).is_genuine, "signed over there with the platform's key"
    assert not at_work("south"), "a machine that ends well takes its leave"


def test_a_machine_without_the_platform_s_keys_does_nothing(delivering: Application, tmp_path: Path) -> None:
    """What it signed and sealed would look forged."""
    made = handed_in(delivering)
    with machine("stranger", "judge", toolchains=tmp_path, shared=["uploads"], stderr=subprocess.PIPE) as stranger:
        said = stranger.communicate(timeout=60)[1].decode()
        assert stranger.returncode == 2
    assert "aren't the platform's: share keys/ and uploads/ of its HEITU_HOME" in said
    assert not at_work("stranger")
    assert Deliverable.objects.get(pk=made.pk).judging == "queued"


def test_work_waits_for_a_machine_that_has_its_toolchain(delivering: Application, tmp_path: Path) -> None:
    made = handed_in(delivering, "submission_torch.py")
    assert made.toolchain == "torch"
    with machine("plain", "judge", toolchains=tmp_path):
        wait_for(lambda: at_work("plain"))
        assert machines.alive(now()).filter(toolchains__contains=["numpy"]).exists()
        assert not verdict_shown(Deliverable.objects.get(pk=made.pk))["place"].machines
        assert not Verdict.objects.exists()
        assert Deliverable.objects.get(pk=made.pk).tries == 0
