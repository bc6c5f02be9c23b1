"""Credentials and skills over the API."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heitu.ground.people.actions import create_token
from heitu.ground.people.enums import Scope
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.credentials import actions
from heitu.stages.credentials.models import Credential
from tests.factories import NOW
from tests.people import Cast

API = "/api/v1"


@pytest.fixture
def credential(application: Application, cast: Cast) -> Credential:
    return actions.issue(application=application, by=cast.chen, now=NOW)[1]


def as_person(person: Person, *scopes: Scope) -> dict[str, str]:
    token = create_token(name="test", scopes=scopes, by=person, now=NOW)
    plain = token[1] if isinstance(token, tuple) else token
    return {"authorization": f"Bearer {plain}"}


def test_one_credential_is_public_and_the_list_is_not(client: Client, credential: Credential, cast: Cast) -> None:
    one: dict[str, Any] = client.get(f"{API}/credentials/{credential.pk}").json()
    assert (one["holder"], one["revoked_at"]) == ("孙琪", None)
    assert client.get(f"{API}/credentials").status_code == 401
    mine = client.get(f"{API}/credentials", headers=as_person(cast.sun, Scope.READ)).json()
    assert [each["id"] for each in mine] == [str(credential.pk)]
    everybodys = client.get(f"{API}/credentials", {"q": "林致远"}, headers=as_person(cast.xu, Scope.READ)).json()
    assert [each["holder"] for each in everybodys] == ["林致远"]


def test_anybody_verifies_and_officers_revoke(client: Client, credential: Credential, cast: Cast) -> None:
    badge = client.get(f"/credentials/{credential.pk}.jwt").content.decode()

    def verdict() -> dict[str, Any]:
        answer: dict[str, Any] = client.post(f"{API}/verify", {"badge": badge}, content_type="application/json").json()
        return answer

    def revoke(reason: str, headers: dict[str, str]) -> Any:
        url = f"{API}/credentials/{credential.pk}/revocation"
        return client.post(url, {"reason": reason}, content_type="application/json", headers=headers)

    assert verdict()["verdict"] == "pass"
    assert revoke("误发", as_person(cast.sun, Scope.MANAGE)).status_code == 404
    assert revoke("误发", as_person(cast.chen, Scope.READ)).status_code in (401, 403)
    officer = as_person(cast.chen, Scope.MANAGE)
    refused = revoke("", officer)
    assert (refused.status_code, refused.json()["code"]) == (409, "reason_missing")
    assert revoke("误发", officer).json()["revocation_reason"] == "误发"
    assert verdict()["verdict"] == "fail"
    assert {check["code"] for check in verdict()["checks"] if check["outcome"] == "fail"} == {"status"}
