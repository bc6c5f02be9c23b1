"""Our keys: one is made when it is needed, the next is published before it signs, the last until nobody needs it."""

from __future__ import annotations

import json
from datetime import timedelta

import jwt
import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.lti import ourkeys
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.models import Key, Launch, Platform
from heitu.ground.lti.tasks import tidy
from tests.people import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(cast: Cast) -> Platform:
    return platforms.add(institution=cast.university, name="云岭学堂", product="other", by=cast.chen, now=clock.now())


def kid(token: str) -> str:
    return str(jwt.get_unverified_header(token)["kid"])


def test_a_new_key_is_published_ahead_and_the_old_one_for_a_while(platform: Platform) -> None:
    now = clock.now()
    first = kid(ourkeys.signed({"a": 1}, platform=platform, now=now))
    second = ourkeys.rotate(platform=platform, now=now).kid
    assert [key.kid for key in ourkeys.published(platform, now)] == [first, second]
    almost, then = now + ourkeys.AHEAD - timedelta(seconds=1), now + ourkeys.AHEAD
    assert kid(ourkeys.signed({"a": 1}, platform=platform, now=almost)) == first
    assert kid(ourkeys.signed({"a": 1}, platform=platform, now=then)) == second
    assert [key.kid for key in ourkeys.published(platform, then + ourkeys.AFTER - timedelta(seconds=1))] == [first, second]
    assert [key.kid for key in ourkeys.published(platform, then + ourkeys.AFTER)] == [second]


def test_what_is_published_checks_what_is_signed_and_tells_nothing_more(client: Client, platform: Platform) -> None:
    token = ourkeys.signed({"a": 1}, platform=platform, now=clock.now())
    answer = client.get(f"/lti/{platform.uuid}/keys/")
    (public,) = answer.json()["keys"]
    assert set(public) == {"kty", "n", "e", "kid", "alg", "use"}
    assert jwt.decode(token, jwt.PyJWK.from_dict(public).key, algorithms=["RS256"]) == {"a": 1}
    assert "max-age" in answer["Cache-Control"]
    assert "ENCRYPTED" in Key.objects.get().private, "who has the database alone can't sign"


def test_keys_change_by_the_clock(platform: Platform) -> None:
    ourkeys.current(platform, clock.now())
    tidy(0)
    assert Key.objects.count() == 1
    Key.objects.update(signs_from=clock.now() - ourkeys.AGE)
    tidy(0)
    tidy(0)
    assert Key.objects.count() == 2
    assert json.loads(json.dumps([key.public for key in ourkeys.published(platform, clock.now())]))


def test_what_is_signed_for_one_platform_is_worth_nothing_at_another(platform: Platform, cast: Cast) -> None:
    """Else who registers somebody else's client ID and token address here could have us ask there in their name."""
    now = clock.now()
    other = platforms.add(institution=cast.company, name="别的平台", product="other", by=cast.chen, now=now)
    token, (public,) = ourkeys.signed({"a": 1}, platform=platform, now=now), ourkeys.published(other, now)
    assert kid(token) != public.kid
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(token, jwt.PyJWK.from_dict(public.public).key, algorithms=["RS256"])
    ourkeys.rotate(platform=other, now=now)
    assert len(ourkeys.published(platform, now)) == 1


def test_what_a_launch_said_of_a_person_is_forgotten_after_a_day(platform: Platform) -> None:
    now = clock.now()
    for days in (0, 2, 31):
        Launch.objects.create(platform=platform, at=now - timedelta(days=days), claims={"email": "a@b.example"})
    tidy(0)
    assert [each.claims is None for each in Launch.objects.all()] == [False, True]
