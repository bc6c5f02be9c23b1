"""The judge's queue and judging anew over the API: the same words, and the same doors, as on the pages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.models import Deliverable, Rejudgement
from heitu.stages.deliverables.tasks import rejudge
from tests.people import Cast, client_of
from tests.road import a_machine, a_verdict, hand_in

pytestmark = pytest.mark.django_db
RECORD = {"digests": {}, "toolchain": {}, "options": {}, "seed": 1, "kind": "operator", "task": "x"}


@pytest.fixture
def version(cast: Cast, delivering: Application) -> Deliverable:
    """A version that has the wrong entry, with a verdict that says otherwise."""
    file = ContentFile(b"import numpy\n\n\ndef other(x):\n    return x\n", name="submission.py")
    at = clock.now() - timedelta(hours=2)
    made = actions.hand_in(application=delivering, file=file, by=cast.lin, queue=False, now=at)
    actions.record_verdict(deliverable=made, result=a_verdict() | RECORD | {"seconds": 60.0}, now=at)
    return Deliverable.objects.get(pk=made.pk)


def test_the_place_while_it_waits(cast: Cast, delivering: Application, version: Deliverable) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now())
    client, url = client_of(cast, "lin"), f"/api/v1/deliverables/{made.pk}"
    place = client.get(url).json()["place"]
    assert (place["machines"], place["seconds"]) == (0, None)
    assert "没有能评测" in place["words"]["zh"]
    a_machine()
    Deliverable.objects.filter(pk=version.pk).update(judging="running")
    place = client.get(url).json()["place"]
    assert (place["ahead"], place["running"], place["machines"], place["seconds"]) == (0, 1, 1, 30.0)
    assert place["words"]["zh"] == "排队中，前面还有 1 个。大约 30 秒后开始。"
    assert place["words"]["en"] == "In the queue, 1 before it. It starts in about 30 seconds."
    Deliverable.objects.filter(pk=made.pk).update(held_since=clock.now(), held_by="disk")
    told = client.get(url).json()
    assert told["place"] is None
    assert "磁盘已满" in told["held_up"]["zh"]
    done = client.get(f"/api/v1/deliverables/{version.pk}").json()
    assert done["place"] is None
    assert (done["outcome"]["zh"], done["story"]["en"][:20]) == ("通过", "All 1 cases passed. ")


def test_what_is_left(cast: Cast, delivering: Application, version: Deliverable) -> None:
    url = f"/api/v1/applications/{delivering.pk}/pace"
    seen = {name for name in cast.persons() if client_of(cast, name).get(url).status_code == 200}
    assert seen == {"lin", "sun"}
    pace = client_of(cast, "sun").get(url).json()
    assert (pace["most"], pace["used"], pace["left"], pace["free_at"], pace["why"]) == (5, 1, 4, None, "")
    hand_in(delivering, cast.lin, now=clock.now())
    pace = client_of(cast, "sun").get(url).json()
    assert (pace["left"], pace["why"], pace["free_at"] is None) == (3, "cooldown", False)


def test_doors(cast: Cast, version: Deliverable) -> None:
    urls, may = [f"/api/v1/deliverables/{version.pk}/rejudgements"], {"chen", "zhou"}
    for name in cast.persons().keys() - may:
        assert post(client_of(cast, name), urls[0], reason="x").status_code == (401 if name == "visitor" else 404), name
    made = post(client_of(cast, "zhou"), urls[0], reason="要求复核")
    assert made.status_code == 201
    urls.append(f"/api/v1/rejudgements/{made.json()['id']}")
    for name in cast.persons():
        expected = 200 if name in may else 401 if name == "visitor" else 404
        assert [client_of(cast, name).get(url).status_code for url in urls] == [expected, expected], name
        if name not in may:
            assert post(client_of(cast, name), f"{urls[1]}/decision", decision="dismissed").status_code == expected
    assert Rejudgement.objects.get().decision == ""
    assert client_of(cast, "chen").get("/api/v1/rejudgements/999999").status_code == 404
    assert post(token_of(cast.chen, "read"), f"{urls[1]}/decision", decision="dismissed").status_code in (401, 403)


def test_asked_for_compared_and_put_in_force(cast: Cast, version: Deliverable) -> None:
    client, url = token_of(cast.chen, "read", "manage"), f"/api/v1/deliverables/{version.pk}/rejudgements"
    assert post(client, url, reason=" ").json()["code"] == "no_reason"
    asked = post(client, url, reason="机器当时很忙").json()
    assert post(client, url, reason="again").json()["code"] == "already_asked"
    one = f"/api/v1/rejudgements/{asked['id']}"
    waiting = client.get(one).json()
    assert (waiting["judging"], waiting["shadow"], waiting["remarks"]) == ("queued", None, [])
    assert post(client, f"{one}/decision", decision="promoted").json()["code"] == "not_judged"
    assert post(client, f"{one}/decision", decision="maybe").status_code == 422
    rejudge(asked["id"])
    found = client.get(one).json()
    assert (found["in_force"]["verdict"], found["in_force"]["speedup_low"]) == ("accepted", 1.9)
    assert found["shadow"]["verdict"] != "accepted"
    assert (found["remarks"][0]["holds"], found["remarks"][0]["text"]["en"][:15]) == (False, "another verdict")
    done = post(client, f"{one}/decision", decision="promoted").json()
    assert (done["decision"], done["decided_by"], done["in_force"]) == ("promoted", cast.chen.name, found["shadow"])
    assert [row["decision"] for row in client.get(url).json()] == ["promoted"]
    Deliverable.objects.update(judging="failed")
    again = post(client, url, reason="评测机修好了")
    assert (again.status_code, Deliverable.objects.get().judging) == (202, "queued")


def post(client: Client, url: str, **body: str) -> Any:
    return client.post(url, body, content_type="application/json")


def token_of(person: Person, *scopes: str) -> Client:
    _, plain = create_token(name="test", scopes=scopes, by=person, now=clock.now())
    return Client(headers={"authorization": f"Bearer {plain}"})
