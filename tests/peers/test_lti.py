"""Learning platforms that others wrote launch labs here, and marks go back to them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.lti.models import Account, Launch, Platform, Score
from heitu.ground.lti.tasks import send_score
from heitu.kinds.courses.actions.labs import mark
from heitu.kinds.courses.actions.lms import connect
from heitu.kinds.courses.models import Enrolment, LabSubmission, Offering
from heitu.kinds.courses.queries.labs import release
from heitu.kinds.courses.tasks import grade_lab
from tests import courses
from tests.grading.conftest import desks
from tests.peers import platforms
from tests.peers.platforms import Peer, Published, launched, words
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db
__all__ = ["desks"]


@pytest.fixture(scope="module")
def keys() -> Iterator[tuple[str, Published]]:
    with platforms.our_keys() as found:
        yield found


@pytest.fixture(scope="module")
def peers(keys: tuple[str, Published]) -> Iterator[dict[str, Peer]]:
    with platforms.running("lti1p3platform", keys[0]) as one, platforms.running("lti_consumer", keys[0]) as two:
        yield {"lti1p3platform": one, "lti_consumer": two}


@pytest.fixture(params=list(platforms.PEERS))
def peer(request: pytest.FixtureRequest, peers: dict[str, Peer], keys: tuple[str, Published], db: None) -> Peer:
    cache.clear()
    keys[1].update()
    found = peers[request.param]
    found.told(empty=True, down=0, members=[])
    return found


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def offering(cast: Cast, tmp_path: Path, settings: Any) -> Offering:
    settings.MEDIA_ROOT = tmp_path / "uploads"
    now = clock.now()
    return courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=now), cast, now=now), cast, now=now)


@pytest.fixture
def platform(peer: Peer, cast: Cast) -> Platform:
    return platforms.registered(peer, cast.university, cast.lin)


def solved(offering: Offering) -> bytes:
    notebook = json.loads(release(offering.version_id, "add-up"))
    answers = {"total": "def total(x):\n    return sum(x)", "why": "因为舍入。"}
    for cell in notebook["cells"]:
        name = cell["metadata"].get("nbgrader", {}).get("grade_id")
        cell["source"] = answers.get(name, cell["source"])
    return json.dumps(notebook).encode()


def run_jobs() -> None:
    """What a worker would do next, of scores."""
    for job in ProcrastinateJob.objects.filter(task_name="heitu.ground.lti.tasks.send_score", status="todo"):
        send_score(**job.args)


def first_visit(client: Client, peer: Peer, **who: str) -> Any:
    answer = launched(client, peer, **who)
    assert answer["Location"] == "/lti/welcome/", answer
    assert client.get("/lti/welcome/").status_code == 200
    return client.post("/lti/welcome/")


def as_teacher(client: Client, peer: Peer, cast: Cast, offering: Offering, thing: str) -> Any:
    """Lin comes from the platform for the first time, uses the own account, and says which class it is."""
    client.force_login(cast.lin)
    answer = launched(client, peer, user="t-1", role="Instructor", name="林老师", email=cast.lin.email)
    assert answer["Location"] == "/lti/welcome/"
    answer = client.post("/lti/binding/")
    assert answer["Location"] == "/classes/lms/binding/", answer.content.decode()[-2000:]
    assert offering.title in client.get("/classes/lms/binding/").content.decode()
    return client.post("/classes/lms/binding/", {"thing": thing})


@pytest.mark.usefixtures("platform", "desks")
def test_from_the_link_to_the_mark_in_the_platforms_gradebook(client: Client, peer: Peer, cast: Cast, offering: Offering) -> None:
    assert words(_refused_first(peer)) == "class_not_connected"
    lab = f"/classes/{offering.pk}/labs/add-up/"
    assert as_teacher(Client(), peer, cast, offering, f"{offering.pk}/add-up")["Location"] == lab
    assert launched(client, peer, user="s-1", name="新同学")["Location"] == lab
    student = Enrolment.objects.get(offering=offering)
    assert (student.entry, student.person.has_address) == ("lti", False)
    page = client.get(lab).content.decode()
    assert "返回云岭学堂" in page
    handed = client.post(lab, {"notebook": SimpleUploadedFile("add-up.ipynb", solved(offering))})
    assert handed.status_code == 302
    grade_lab(offering.version_id, "add-up")
    made = LabSubmission.objects.get()
    assert not Score.objects.exists(), "a cell waits for a person"
    mark(submission=made, points={"why": 1.5}, comment="", by=cast.lin, now=clock.now())
    run_jobs()
    (score,) = peer.told()["scores"]
    assert (score["userId"], score["scoreGiven"], score["scoreMaximum"]) == ("s-1", 4.5, 5.0)
    assert (score["activityProgress"], score["gradingProgress"]) == ("Completed", "FullyGraded")
    assert Score.objects.get().state == "sent"


def _refused_first(peer: Peer) -> Any:
    return first_visit(Client(), peer, user="s-1", name="新同学")
