"""Applications over the API, with tokens."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def call(cast: Cast) -> Call:
    now = clock.now()
    return stages.an_open_call(cast, stages.load(now=now), now=now)


def with_token(person: Person, *scopes: str) -> Client:
    _, plain = create_token(name="test", scopes=scopes, by=person, now=clock.now())
    return Client(headers={"authorization": f"Bearer {plain}"})


def send(method: Any, url: str, data: dict[str, Any]) -> Any:
    return method(f"/api/v1{url}", data, content_type="application/json")


def test_from_claim_to_submission(cast: Cast, call: Call) -> None:
    lead = with_token(cast.lin, "read", "submit")
    made = send(lead.post, "/applications", {"call": call.number, "team": "dengta"})
    assert made.status_code == 201, made.content
    url = f"/applications/{made.json()['id']}"
    lacking = {each["field"] for each in lead.get(f"/api/v1{url}/problems").json()}
    assert lacking == {"approach", "plan", "declares_original", "declares_licence"}
    refused = send(lead.post, f"{url}/moves", {"event": "submit"})
    assert (refused.status_code, refused.json()["code"]) == (409, "guarded")
    given = {"answers": stages.ANSWERS, "declarations": stages.ALL_TICKED}
    assert send(lead.put, f"{url}/answers", given).json()["answers"] == stages.ANSWERS
    assert send(lead.post, f"{url}/moves", {"event": "submit", "key": "once"}).status_code == 201
    assert send(lead.post, f"{url}/moves", {"event": "submit", "key": "once"}).json()["number"] == 1
    assert lead.get(f"/api/v1{url}").json()["case"]["state"] == "screening"


def test_the_blind_get_no_team(cast: Cast, call: Call) -> None:
    application = stages.an_application(call, cast.dengta, cast.lin, now=clock.now())
    move(case=application.case, event="pass", by=cast.chen, now=clock.now())
    reviewer, officer = with_token(cast.wu, "read"), with_token(cast.chen, "read")
    for client, team in ((reviewer, None), (officer, "dengta")):
        assert [each["team"] for each in client.get("/api/v1/applications").json()["items"]] == [team]
        assert client.get(f"/api/v1/applications/{application.pk}").json()["team"] == team
    assert reviewer.get("/api/v1/applications?search=灯塔").json()["count"] == 0
    assert "灯塔" not in reviewer.get(f"/api/v1/applications/{application.pk}").content.decode()


def test_strangers_and_scopes(cast: Cast, call: Call) -> None:
    application: Application = stages.an_application(call, cast.dengta, cast.lin, now=clock.now())
    outsider = with_token(cast.he, "read", "submit")
    assert outsider.get(f"/api/v1/applications/{application.pk}").status_code == 404
    assert outsider.get("/api/v1/applications").json()["count"] == 0
    assert send(outsider.post, f"/applications/{application.pk}/moves", {"event": "withdraw"}).status_code == 404
    assert send(outsider.post, "/applications", {"call": call.number, "team": "dengta"}).status_code == 404
    reader = with_token(cast.lin, "read")
    assert send(reader.post, f"/applications/{application.pk}/moves", {"event": "withdraw"}).status_code == 403
    assert Client().get("/api/v1/applications").status_code == 401
    assert send(with_token(cast.sun, "submit").post, f"/applications/{application.pk}/moves", {"event": "withdraw"}
                ).json()["code"] == "not_yours"
