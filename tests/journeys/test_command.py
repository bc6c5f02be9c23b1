"""The `heitu` command as a person at a shell uses it: serving, and as a client of a server."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from heitu.ground.core import clock
from heitu.ground.people.actions.tokens import create_token
from heitu.ground.people.enums import Scope
from heitu.stages.deliverables.models import Verdict
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering
from tests.journeys.test_killed_processes import worker

FAST = "packs/ascend/tasks/softmax/examples/fast/submission.py"


def heitu(*arguments: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home)}
    return subprocess.run(
        [sys.executable, "-m", "heitu.site.command", *arguments], capture_output=True, text=True, check=False, env=environment
    )


@pytest.mark.django_db(transaction=True)
def test_a_team_works_from_its_shell(live_server: Any, tmp_path: Path) -> None:
    story = Story("crowd-operators", start=clock.now() - timedelta(days=3))
    story.expert("expert1")
    story.expert("expert2")
    call = story.call(task="softmax")
    application = story.application(call, ANSWERS)
    to_delivering(story, application)
    _, token = create_token(name="shell", scopes=[Scope.READ, Scope.SUBMIT], by=story.cast.lin, now=clock.now())

    refused = heitu("login", live_server.url, "--token", "heitu_wrong", home=tmp_path)
    assert (refused.returncode, "401" in refused.stderr) == (1, True)
    assert heitu("login", live_server.url, "--token", token, home=tmp_path).returncode == 0
    listed = heitu("tasks", "--json", home=tmp_path)
    assert [row["number"] for row in json.loads(listed.stdout)] == [call.number]
    with worker():
        done = heitu("submit", str(application.pk), FAST, home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert Verdict.objects.get().code == "accepted"
    assert "通过 accepted  " in done.stdout
    assert "cases passed. " in done.stdout
    assert "No machine that can judge this is at work" in done.stderr or "About to start" in done.stderr
    again = heitu("submit", str(application.pk), FAST, home=tmp_path)
    assert (again.returncode, "409" in again.stderr) == (1, True)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1", "nonsense", "http://[::"])
def test_a_server_that_is_not_there_is_said_to_be(tmp_path: Path, address: str) -> None:
    done = heitu("login", address, "--token", "x", home=tmp_path)
    assert (done.returncode, address in done.stderr, "Traceback" in done.stderr) == (1, True, False)


def test_up_serves_and_ends_with_everything_it_started(tmp_path: Path) -> None:
    """On a fresh folder without the demo world: the page answers, Ctrl-C leaves no process behind."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    tmp_path.chmod(0o755)
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    served = subprocess.Popen(
        [sys.executable, "-m", "heitu.site.command", "up", "--no-demo", "--port", str(port)],
        env={**environment, "HEITU_HOME": str(tmp_path / "home")}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    try:
        assert answers(f"http://127.0.0.1:{port}/")
        children = psutil.Process(served.pid).children(recursive=True)
    finally:
        served.send_signal(signal.SIGINT)
        served.communicate(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=10)
    assert served.returncode == 0
    assert not alive


def answers(url: str, seconds: float = 120) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            return httpx.get(url, trust_env=False, timeout=10).status_code == 200
        except httpx.TransportError:
            time.sleep(0.3)
    return False
