"""Anybody can begin a launch: so many from one address, and none is kept for long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client, RequestFactory

from heitu.ground.core import clock
from heitu.ground.lti import limits, tasks
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.models import Attempt, Launch, Platform
from tests.people import Cast

pytestmark = pytest.mark.django_db
LMS = "https://lms.example.edu"
CAMPUS, HOME = "203.0.113.7", "198.51.100.9"


@pytest.fixture
def platform(cast: Cast) -> Platform:
    made = platforms.add(institution=cast.university, name="云岭学堂", product="other", by=cast.chen, now=clock.now())
    names = {name: f"{LMS}/{name}" for name in ("auth_url", "token_url", "keys_url")}
    told = platforms.Description(issuer=LMS, client_id="c", **names)
    return platforms.describe(platform=made, told=told, by=cast.chen, now=clock.now())


def source(address: str) -> str:
    return limits.source_of(RequestFactory().get("/", REMOTE_ADDR=address))


def begun(platform: Platform, count: int, address: str, at: datetime) -> None:
    Attempt.objects.bulk_create(
        Attempt(platform=platform, state=f"{address}-{at}-{number}"[-64:], nonce="n", asked={}, source=source(address), at=at)
        for number in range(count)
    )


def begin(client: Client, platform: Platform, address: str, site: str) -> Any:
    asked = {"iss": LMS, "login_hint": "s-1", "target_link_uri": f"{site}/lti/"}
    return client.get(f"/lti/{platform.uuid}/login/", asked, REMOTE_ADDR=address)


def test_so_many_a_minute_from_one_address_and_others_go_on(client: Client, platform: Platform, settings: Any) -> None:
    now, site = clock.now(), settings.SITE_URL
    begun(platform, limits.MOST - 1, CAMPUS, now)
    assert begin(client, platform, CAMPUS, site).status_code == 302
    refused = begin(client, platform, CAMPUS, site)
    assert refused.status_code == 429
    assert "请一分钟后从学习平台重新打开" in refused.content.decode()
    assert "in a minute" in refused.content.decode()
    assert (Attempt.objects.count(), Launch.objects.count()) == (limits.MOST, 0), "nothing is written of it"
    assert begin(client, platform, HOME, site).status_code == 302
    Attempt.objects.update(at=now - limits.WITHIN)
    assert begin(client, platform, CAMPUS, site).status_code == 302


def test_a_household_is_one_and_no_address_can_be_read() -> None:
    assert source("2001:db8:1:2::1") == source("2001:db8:1:2:ffff::9") != source("2001:db8:1:3::1")
    assert CAMPUS not in source(CAMPUS)


def test_what_nobody_comes_back_with_is_swept(platform: Platform) -> None:
    now = clock.now()
    begun(platform, 3, HOME, now - tasks.KEEP_ATTEMPTS - timedelta(seconds=1))
    begun(platform, 2, HOME, now)
    assert tasks.sweep(0) == 3
    assert Attempt.objects.count() == 2
