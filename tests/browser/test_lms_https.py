"""A lab in a frame of another site over https, as universities have it, in a browser that keeps cookies from other sites' frames."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from playwright.sync_api import Browser, Page

from heitu.ground.core import clock
from heitu.ground.lti import middleware
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.models import Context, Platform
from heitu.kinds.courses.actions.lms import connect
from heitu.kinds.courses.models import Offering
from tests import courses
from tests.browser import tls
from tests.browser.conftest import CHROMIUM, FLAGS
from tests.browser.test_lms import Course
from tests.peers.platforms import serving
from tests.people import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


class SecureCourse(Course):
    key = generate_private_key(public_exponent=65537, key_size=2048)
    scheme = "https"


@pytest.fixture
def offering(tmp_path: Path) -> Offering:
    cast, now = make_cast(clock.now()), clock.now()
    return courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=now), cast, now=now), cast, now=now)


@pytest.fixture
def course(offering: Offering, live_server: Any, settings: Any, tmp_path: Path) -> Iterator[str]:
    """Us at heitu.example, the platform at lms.example: two sites, both by TLS."""
    context = tls.context_in(tmp_path)
    with serving(SecureCourse) as served, tls.relayed(live_server.thread.port, context) as ours, tls.relayed(
        int(served.rpartition(":")[2]), context
    ) as theirs:
        host, address = f"heitu.example:{ours}", f"https://lms.example:{theirs}"
        settings.SITE_URL, settings.ALLOWED_HOSTS, settings.CSRF_TRUSTED_ORIGINS = f"https://{host}", ["*"], [f"https://{host}"]
        settings.SECURE = settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
        settings.SECURE_PROXY_SSL_HEADER = ("HTTP_HOST", host)
        platform = registered(offering, address)
        SecureCourse.start = f"https://{host}/lti/{platform.uuid}/login/"
        SecureCourse.target = f"https://{host}/classes/{offering.pk}/labs/add-up/"
        yield address


def registered(offering: Offering, address: str) -> Platform:
    """Its keys are known already: our server has no way to a name that only the browser maps."""
    now, teacher = clock.now(), offering.teachers.get()
    made = platforms.add(institution=offering.institution, name="云岭学堂", product="other", by=None, now=now)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(SecureCourse.key.public_key()))
    names = {name: f"{address}/{path}" for name, path in (("auth_url", "auth"), ("token_url", "token"), ("keys_url", "keys"))}
    keys = {"keys": [public | {"kid": "1"}]}
    Platform.objects.filter(pk=made.pk).update(issuer=address, client_id="c", keys=keys, keys_fetched_at=now, **names)
    made.refresh_from_db()
    deployment = platforms.approve(platform=made, deployment_id="1", by=None, now=now)
    connect(context=Context.objects.create(deployment=deployment, context_id="7"), offering=offering, by=teacher, now=now)
    return made


@pytest.fixture
def strict(browser: Browser) -> Iterator[Page]:
    """A window in which other sites' frames get no cookies but those that are theirs in this place alone."""
    flags = ["--ignore-certificate-errors", "--host-resolver-rules=MAP *.example 127.0.0.1", "--test-third-party-cookie-phaseout"]
    chromium = browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *flags])
    yield chromium.new_context(ignore_https_errors=True, locale="zh-CN", viewport={"width": 390, "height": 900}).new_page()
    chromium.close()


def test_without_other_sites_cookies_a_lab_works_in_its_frame(strict: Page, course: str, offering: Offering) -> None:
    strict.set_default_timeout(8000)
    strict.goto(f"{course}/course")
    lab = strict.frame(name="lab")
    assert lab is not None
    lab.click("button:has-text('开始')")
    lab.wait_for_selector("h1:has-text('加起来')")
    assert offering.enrolments.get().person.name == "新同学"
    lab.click("button:has-text('EN')")
    lab.wait_for_selector("h1:has-text('Add')")
    kept = {each["name"]: each.get("partitionKey") for each in strict.context.cookies()}
    assert kept["sessionid"] == kept["csrftoken"] == "https://lms.example", "for the frame under that platform alone"
    strict.goto(SecureCourse.target)
    assert "/login/" in strict.url, "in a window of its own nobody is signed in by that"


def test_a_browser_that_knows_no_cookies_for_one_frame_alone_gets_a_window(
    strict: Page, course: str, offering: Offering, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "FRAMED", middleware.ANYWHERE)  # what such a browser makes of it
    strict.set_default_timeout(8000)
    strict.goto(f"{course}/course")
    lab = strict.frame(name="lab")
    assert lab is not None
    with strict.context.expect_page() as opened:
        lab.click("a:has-text('在新窗口打开')")
    window = opened.value
    window.click("button:has-text('开始')")
    window.wait_for_selector("h1:has-text('加起来')")
    assert {each["sameSite"] for each in strict.context.cookies() if each["name"] == "sessionid"} == {"Lax"}
    assert offering.enrolments.count() == 1
