from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import create_token, revoke_token
from heitu.ground.people.actions.tokens import MOST
from heitu.ground.people.models import ApiToken
from tests.factories import NOW
from tests.people import Cast


def ask(client: Client, token: str, path: str = "persons/me") -> HTTPStatus:
    return HTTPStatus(client.get(f"/api/v1/{path}", headers={"authorization": f"Bearer {token}"}).status_code)


def test_only_a_hash_is_kept(cast: Cast) -> None:
    token, plain = create_token(name="lab", scopes=["read"], by=cast.lin, now=NOW)
    kept = ApiToken.objects.values().get(pk=token.pk)
    assert plain.startswith("heitu_")
    assert plain not in map(str, kept.values())


def test_a_token_opens_the_api_as_its_person(cast: Cast, client: Client) -> None:
    token, plain = create_token(name="lab", scopes=["read"], by=cast.lin, now=clock.now())
    answer = client.get("/api/v1/persons/me", headers={"authorization": f"Bearer {plain}"}).json()
    assert answer["email"] == cast.lin.email
    assert [held["role"] for held in answer["memberships"]] == ["teacher"]
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_a_dead_token_opens_nothing(cast: Cast, client: Client) -> None:
    now = clock.now()
    revoked, first = create_token(name="a", scopes=["read"], by=cast.lin, now=now)
    revoke_token(token=revoked, by=cast.lin, now=now)
    _, expired = create_token(name="b", scopes=["read"], by=cast.lin, now=now - timedelta(days=2), days=1)
    _, switched_off = create_token(name="c", scopes=["read"], by=cast.he, now=now)
    cast.he.is_active = False
    cast.he.save()
    for plain in (first, expired, switched_off, "heitu_wrong", ""):
        assert ask(client, plain) == HTTPStatus.UNAUTHORIZED


def test_a_scope_is_needed_for_what_it_names(cast: Cast, client: Client) -> None:
    _, reader = create_token(name="a", scopes=["read"], by=cast.lin, now=clock.now())
    _, manager = create_token(name="b", scopes=["manage"], by=cast.lin, now=clock.now())
    body = {"name": "新队", "institution": cast.university.slug}
    for plain, status in ((reader, 403), (manager, 201)):
        headers = {"authorization": f"Bearer {plain}"}
        answer = client.post("/api/v1/teams", body, content_type="application/json", headers=headers)
        assert answer.status_code == status
    assert ask(client, manager) == HTTPStatus.FORBIDDEN


def test_a_refusal_is_problem_json(cast: Cast, client: Client) -> None:
    _, plain = create_token(name="b", scopes=["manage"], by=cast.lin, now=clock.now())
    headers = {"authorization": f"Bearer {plain}"}
    path = f"/api/v1/teams/{cast.dengta.slug}/members"
    answer = client.post(path, {"email": cast.sun.email}, content_type="application/json", headers=headers)
    assert answer.status_code == 409
    assert answer.json()["code"] == "already_in_team"


@pytest.mark.parametrize("path", [
    "institutions", "institutions/yunling-university", "memberships", "teams", "teams/dengta", "teams/dengta/members",
    "notifications",
])
def test_the_api_reads(cast: Cast, client: Client, path: str) -> None:
    _, plain = create_token(name="a", scopes=["read"], by=cast.lin, now=clock.now())
    assert ask(client, plain, path) == HTTPStatus.OK


def test_the_outsider_sees_no_team_over_the_api(cast: Cast, client: Client) -> None:
    _, plain = create_token(name="a", scopes=["read"], by=cast.he, now=clock.now())
    assert ask(client, plain, "teams/dengta") == HTTPStatus.NOT_FOUND


def test_malformed_wishes_are_refused(cast: Cast) -> None:
    for scopes, code in (([], "scope_missing"), (["everything"], "scope_unknown")):
        with pytest.raises(Refused, match=f"^{code}:"):
            create_token(name="a", scopes=scopes, by=cast.lin, now=NOW)
    for _ in range(MOST):
        create_token(name="a", scopes=["read"], by=cast.lin, now=NOW)
    with pytest.raises(Refused, match=r"^too_many_tokens:"):
        create_token(name="a", scopes=["read"], by=cast.lin, now=NOW)


def test_the_page_shows_a_token_once(cast: Cast, client: Client) -> None:
    client.force_login(cast.lin)
    made = client.post(reverse("people:tokens"), {"name": "lab", "scopes": ["read", "submit"], "days": "30"})
    plain = made.context["plain"]
    assert plain in made.content.decode()
    assert made["Cache-Control"].count("no-store")
    later = client.get(reverse("people:tokens")).content.decode()
    assert plain not in later
    assert plain[:12] in later


def test_the_page_revokes(cast: Cast, client: Client) -> None:
    token, _ = create_token(name="lab", scopes=["read"], by=cast.lin, now=NOW)
    client.force_login(cast.lin)
    client.post(reverse("people:token_revocation", args=[token.pk]))
    token.refresh_from_db()
    assert token.revoked_at is not None
