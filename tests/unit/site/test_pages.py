"""The home page for everybody, the demo door, refusals, the API's root."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.ground.core.errors import refuse
from heitu.site.inbox import _waiting
from heitu.site.middleware import RefusedMiddleware
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.people import Cast, client_of, make_cast

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
EVERYBODY = ("lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he", "visitor")


@pytest.fixture
def cast() -> Cast:
    return make_cast(NOW)


@pytest.fixture
def version() -> DefinitionVersion:
    return stages.load(now=NOW)


@pytest.mark.parametrize("name", EVERYBODY)
def test_home_greets_everybody_in_few_queries(
    cast: Cast, version: DefinitionVersion, name: str, django_assert_max_num_queries: Any
) -> None:
    stages.an_open_call(cast, version, now=NOW)
    client = client_of(cast, name)
    client.get("/")
    with django_assert_max_num_queries(10):
        response = client.get("/")
    assert response.status_code == 200
    assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")


@pytest.mark.parametrize("name", EVERYBODY)
def test_home_before_any_pack_is_loaded(cast: Cast, name: str) -> None:
    assert client_of(cast, name).get("/").status_code == 200


def test_nothing_waits_for_roles_that_no_state_names(cast: Cast, version: DefinitionVersion) -> None:
    assert not Application.objects.filter(_waiting((version,), MachineName.CASE, "nobody"))
    assert str(Application.objects.filter(_waiting((version,), MachineName.CASE, "nobody")).query)  # no empty question


def test_home_says_whose_turn_it_is(cast: Cast, version: DefinitionVersion) -> None:
    call = stages.an_open_call(cast, version, now=NOW)
    application = stages.an_application(call, cast.dengta, cast.lin, now=NOW)
    assert f"/applications/{application.pk}/" in client_of(cast, "chen").get("/").content.decode()
    assert f"/applications/{application.pk}/" not in client_of(cast, "zhou").get("/").content.decode()
    assert "Nothing waits for you" in client_of(cast, "he").get("/", headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_demo_door_is_shut_unless_it_is_a_demo(cast: Cast, name: str, settings: Any) -> None:
    client = client_of(cast, name)
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post(f"/demo/{cast.chen.pk}/session/").status_code == 404
    settings.DEMO = True
    assert "陈虹" in client.get("/demo/").content.decode()
    assert client.post(f"/demo/{cast.chen.pk}/session/").status_code == 302


def test_a_refusal_is_409_for_people_and_programs(cast: Cast) -> None:
    error = refuse("too_late", "已截止。", "It is closed.", field="closes_at", limit=3)
    middleware = RefusedMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    answer = middleware.process_exception(RequestFactory().get("/api/v1/calls"), error)
    assert answer is not None
    assert answer.status_code == 409
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert b'"code": "too_late"' in answer.content


def test_the_api_describes_itself() -> None:
    schema = Client().get("/api/v1/openapi.json").json()
    assert {"/api/v1/calls", "/api/v1/results", "/api/v1/funds"} <= set(schema["paths"])


def test_nobody_but_insiders_reads_funds(cast: Cast) -> None:
    seen = {name: client_of(cast, name).get("/api/v1/funds").status_code for name in EVERYBODY}
    assert {name for name, status in seen.items() if status == 200} == {"chen", "ma", "xu"}
    assert seen["visitor"] == 401
    assert not Call.objects.exists()


@pytest.mark.parametrize(("said", "code"), [
    ("value too long for type character varying(80)", "text_too_long"), ("bigint out of range", "number_out_of_range"),
    ("PostgreSQL text fields cannot contain NUL (0x00) bytes", "nul_character"), ("division by zero", None),
])
def test_what_the_database_has_no_room_for_is_refused_and_other_faults_are_not_hidden(said: str, code: str | None) -> None:
    middleware = RefusedMiddleware(lambda request: HttpResponse())
    answer = middleware.process_exception(RequestFactory().post("/api/v1/teams"), DataError(said))
    assert (code in answer.content.decode() if answer and code else answer) == (True if code else None)
