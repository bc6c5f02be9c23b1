"""Our keys: one is made when it is needed, the next is published before it signs, the last until nobody needs it."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.lti import ourkeys
from heitu.ground.lti.models import Key
from heitu.ground.lti.tasks import tidy

pytestmark = pytest.mark.django_db


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_a_new_key_is_published_ahead_and_the_old_one_for_a_while() -> None:
    now = clock.now()
    first = kid(ourkeys.signed({"a": 1}, now=now))
    second = ourkeys.rotate(now=now).kid
    assert [key.kid for key in ourkeys.published(now)] == [first, second]
    almost, then = now + ourkeys.AHEAD - timedelta(seconds=1), now + ourkeys.AHEAD
    assert kid(ourkeys.signed({"a": 1}, now=almost)) == first
    assert kid(ourkeys.signed({"a": 1}, now=then)) == second
    assert [key.kid for key in ourkeys.published(then + ourkeys.AFTER - timedelta(seconds=1))] == [first, second]
    assert [key.kid for key in ourkeys.published(then + ourkeys.AFTER)] == [second]


def test_what_is_published_checks_what_is_signed_and_tells_nothing_more(client: Client) -> None:
    token = ourkeys.signed({"a": 1}, now=clock.now())
    answer = client.get("/lti/keys/")
    (public,) = answer.json()["keys"]
    assert set(public) == {"kty", "n", "e", "kid", "alg", "use"}
    assert jwt.decode(token, jwt.PyJWK.from_dict(public).key, algorithms=["RS256"]) == {"a": 1}
    assert "max-age" in answer["Cache-Control"]
    assert "ENCRYPTED" in Key.objects.get().private, "who has the database alone can't sign"


def test_keys_change_by_the_clock() -> None:
    ourkeys.current(clock.now())
    tidy(0)
    assert Key.objects.count() == 1
    Key.objects.update(signs_from=clock.now() - ourkeys.AGE)
    tidy(0)
    tidy(0)
    assert Key.objects.count() == 2
    assert json.loads(json.dumps([key.public for key in ourkeys.published(clock.now())]))
