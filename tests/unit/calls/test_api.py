"""Calls over the API, with tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.calls.models import Call
from tests import stages
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


def with_token(person: Person, *scopes: str) -> Client:
    _, plain = create_token(name="test", scopes=scopes, by=person, now=clock.now())
    return Client(headers={"authorization": f"Bearer {plain}"})


def body(**changes: Any) -> dict[str, Any]:
    now = clock.now()
    return {
        "programme": "crowd-operators", "institution": "heitu-operators", "title": {"zh": "归一化"}, "task": "softmax",
        "prize": 6_800_000, "seats": 2, "opens_at": now.isoformat(), "delivery_days": 30, "licence": "Apache-2.0",
        "closes_at": (now + timedelta(days=9)).isoformat(),
    } | changes


def post(client: Client, url: str, data: dict[str, Any]) -> Any:
    return client.post(f"/api/v1{url}", data, content_type="application/json")


def test_a_call_from_draft_to_open(cast: Cast) -> None:
    stages.load(now=clock.now())
    owner, officer = with_token(cast.zhou, "read", "manage"), with_token(cast.chen, "read", "manage")
    made = post(owner, "/calls", body())
    assert made.status_code == 201, made.content
    number = made.json()["number"]
    assert made.json()["case"]["state"] == "draft"
    changed = owner.put(f"/api/v1/calls/{number}", body(prize=1_00), content_type="application/json")
    assert changed.json()["prize"] == 1_00
    offered = {each["event"]: each for each in owner.get(f"/api/v1/calls/{number}/choices").json()}
    assert offered["propose"]["allowed"]
    assert post(owner, f"/calls/{number}/moves", {"event": "propose", "expected_moves": 0}).status_code == 201
    stale = post(officer, f"/calls/{number}/moves", {"event": "open", "expected_moves": 0})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale")
    assert stale["Content-Type"] == "application/problem+json"
    assert post(officer, f"/calls/{number}/moves", {"event": "open", "key": "k"}).status_code == 201
    assert post(officer, f"/calls/{number}/moves", {"event": "open", "key": "k"}).json()["number"] == 2
    listed = Client().get("/api/v1/calls").json()
    assert [each["number"] for each in listed["items"]] == [number]


def test_refusals_name_their_field(cast: Cast) -> None:
    stages.load(now=clock.now())
    refused = post(with_token(cast.zhou, "manage"), "/calls", body(prize=99_999_999_999))
    assert (refused.status_code, refused.json()["field"], refused.json()["details"]) == (
        409, "prize", {"limit": 20_000_000}
    )
    assert post(with_token(cast.zhou, "manage"), "/calls", body(prize=-1)).status_code == 422
    assert not Call.objects.exists()


def test_scopes_and_strangers(cast: Cast) -> None:
    version = stages.load(now=clock.now())
    draft = stages.a_draft(owner=cast.zhou, institution=cast.company, definition=version, now=clock.now())
    assert post(with_token(cast.zhou, "read"), "/calls", body()).status_code == 403
    assert post(with_token(cast.lin, "manage"), "/calls", body()).status_code == 404
    for client in (Client(), with_token(cast.lin, "read")):
        assert client.get(f"/api/v1/calls/{draft.number}").status_code == 404
        assert client.get("/api/v1/calls").json()["count"] == 0
    assert Client(headers={"authorization": "Bearer heitu_wrong"}).get("/api/v1/calls").status_code == 401
    assert with_token(cast.xu, "read").get(f"/api/v1/calls/{draft.number}").status_code == 200
