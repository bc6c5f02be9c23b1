"""What a learning platform has opened may be shown inside it, and nothing else anywhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heitu.ground.core import clock
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.actions.platforms import Description
from heitu.ground.lti.models import Platform
from tests.people import Cast

pytestmark = pytest.mark.django_db
LMS = "https://lms.example.edu"


@pytest.fixture
def secure(settings: Any) -> None:
    """As over https in production."""
    settings.SECURE = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


@pytest.fixture
def platform(cast: Cast) -> Platform:
    made = platforms.add(institution=cast.university, name="云岭学堂", product="other", by=cast.chen, now=clock.now())
    names = {name: f"{LMS}/{name}" for name in ("auth_url", "token_url", "keys_url")}
    told = Description(issuer=LMS, client_id="c", more_origins=("https://*.frames.example",), **names)
    return platforms.describe(platform=made, told=told, by=cast.chen, now=clock.now())


@pytest.fixture
def launched(client: Client, cast: Cast, platform: Platform) -> Client:
    client.force_login(cast.sun)
    session = client.session
    session["lti"] = {
        "launch": 0, "platform": platform.name, "origins": platform.origins, "back": f"{LMS}/course", "person": str(cast.sun.pk),
    }
    session.save()
    return client


def test_other_pages_stay_out_of_frames(client: Client, cast: Cast) -> None:
    client.force_login(cast.sun)
    page = client.get("/me/")
    assert page["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert page.cookies["csrftoken"]["samesite"] == "Lax"


@pytest.mark.usefixtures("secure")
def test_launched_pages_are_shown_by_their_platform_alone(launched: Client) -> None:
    page = launched.get("/me/", secure=True)
    assert "X-Frame-Options" not in page
    assert f"frame-ancestors 'self' {LMS} https://*.frames.example" in page["Content-Security-Policy"]
    assert (page.cookies["csrftoken"]["samesite"], page.cookies["csrftoken"]["secure"]) == ("None", True)


def test_over_plain_http_cookies_stay_as_they_are(launched: Client) -> None:
    page = launched.get("/me/")
    assert "X-Frame-Options" not in page
    assert page.cookies["csrftoken"]["samesite"] == "Lax"


def test_launched_pages_have_a_way_back_and_no_navigation(launched: Client) -> None:
    page = launched.get("/me/").content.decode()
    assert f'href="{LMS}/course"' in page
    assert "返回学习平台" in page
    assert 'class="nav"' not in page
    launched.logout()
    assert 'class="nav"' in launched.get("/").content.decode()


@pytest.mark.parametrize("https", [True, False])
def test_the_state_comes_back_from_a_frame_over_https(client: Client, platform: Platform, settings: Any, https: bool) -> None:
    settings.SECURE = https
    asked = {"iss": LMS, "login_hint": "s-1", "target_link_uri": f"{settings.SITE_URL}/lti/", "client_id": "c"}
    answer = client.get(f"/lti/{platform.uuid}/login/", asked)
    assert answer["Location"].startswith(f"{LMS}/auth_url?scope=openid")
    ((name, cookie),) = answer.cookies.items()
    assert name.startswith("lti-")
    assert (cookie["samesite"], bool(cookie["secure"])) == (("None", True) if https else ("Lax", False))
    assert (cookie["httponly"], cookie["path"]) == (True, "/lti/")


@pytest.mark.parametrize(("fetched", "rule"), [("iframe", "None; Partitioned"), ("document", "None"), (None, "None")])
def test_in_a_frame_the_state_is_for_that_frame_alone(
    client: Client, platform: Platform, settings: Any, fetched: str | None, rule: str
) -> None:
    settings.SECURE = True
    asked = {"iss": LMS, "login_hint": "s-1", "target_link_uri": f"{settings.SITE_URL}/lti/"}
    headers = {"Sec-Fetch-Dest": fetched} if fetched else {}
    (cookie,) = client.get(f"/lti/{platform.uuid}/login/", asked, headers=headers).cookies.values()
    assert cookie["samesite"] == rule
    assert f"SameSite={rule};" in f"{cookie.OutputString()};", "as the browser is told"


@pytest.mark.usefixtures("secure")
@pytest.mark.parametrize("rule", ["None; Partitioned", "Lax"])
def test_a_launchs_cookies_stay_as_it_began(launched: Client, rule: str) -> None:
    session = launched.session
    session["lti"] = session["lti"] | {"cookies": rule}
    session.save()
    assert launched.get("/me/", secure=True).cookies["csrftoken"]["samesite"] == rule


def test_a_refusal_can_be_read_inside_the_frame(client: Client, platform: Platform) -> None:
    answer = client.get(f"/lti/{platform.uuid}/launch/")
    assert answer.status_code == 400
    assert "X-Frame-Options" not in answer
    assert "请从学习平台里打开实验" in answer.content.decode()
    assert "Open the lab from within your learning platform" in answer.content.decode()


def test_without_a_launch_there_is_nothing_to_go_on_with(client: Client, cast: Cast) -> None:
    assert client.get("/lti/welcome/").status_code == 404
    client.force_login(cast.lin)
    for path in ("/lti/binding/", "/classes/lms/binding/", "/classes/lms/choice/"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code == 404
