"""A lab inside a learning platform's page, in a real browser: shown there, and in nobody else's frame."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from heitu.ground.core import clock
from heitu.ground.lti.actions import platforms
from heitu.ground.lti.messages import LTI, RESOURCE, ROLES
from heitu.ground.lti.models import Context, Platform
from heitu.kinds.courses.actions.lms import connect
from heitu.kinds.courses.models import Offering
from tests import courses
from tests.browser.conftest import overflow
from tests.peers.platforms import serving
from tests.people import make_cast

pytestmark = pytest.mark.django_db(transaction=True)


class Course(BaseHTTPRequestHandler):
    """A course's page with the lab in a frame, and what a launch from it needs of the platform."""

    key: Any = None
    scheme, start, target = "http", "", ""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        here = f"{self.scheme}://{self.headers['Host']}"
        if parts.path == "/keys":
            public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
            return self.say(json.dumps({"keys": [public | {"kid": "1"}]}))
        if parts.path == "/auth":
            return self.say(self.form(asked, here))
        login = {"iss": here, "login_hint": "s-1", "target_link_uri": self.target}
        frame = self.target if parts.path == "/stranger" else f"{self.start}?{urlencode(login)}"
        return self.say(f"<title>课程</title><iframe name=lab src='{frame}' style='width:100%;height:800px;border:0'></iframe>")

    def form(self, asked: dict[str, str], here: str) -> str:
        now = int(clock.now().timestamp())
        token = jwt.encode({
            "iss": here, "aud": asked["client_id"], "sub": asked["login_hint"], "nonce": asked["nonce"], "iat": now, "exp": now + 60,
            "name": "新同学", f"{LTI}version": "1.3.0", f"{LTI}message_type": RESOURCE, f"{LTI}deployment_id": "1",
            f"{LTI}target_link_uri": self.target, f"{LTI}roles": [f"{ROLES}Learner"], f"{LTI}context": {"id": "7"},
            f"{LTI}resource_link": {"id": "1"},
        }, self.key, algorithm="RS256", headers={"kid": "1"})
        given = {"state": asked["state"], "id_token": token}
        fields = "".join(f"<input type=hidden name={name} value='{value}'>" for name, value in given.items())
        return f"<form method=post action='{asked['redirect_uri']}'>{fields}</form><script>document.forms[0].submit()</script>"

    def say(self, what: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(what.encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def offering(tmp_path: Path) -> Offering:
    cast, now = make_cast(clock.now()), clock.now()
    return courses.an_offering(courses.an_adoption(courses.loaded(tmp_path, now=now), cast, now=now), cast, now=now)


@pytest.fixture
def course(offering: Offering, live_server: Any, settings: Any) -> Iterator[str]:
    settings.SITE_URL = live_server.url
    Course.key = generate_private_key(public_exponent=65537, key_size=2048)
    with serving(Course) as served:
        address = served.replace("127.0.0.1", "localhost")  # as the live server: over http, cookies go to one's own host alone
        platform = registered(offering, address)
        Course.start = f"{live_server.url}/lti/{platform.uuid}/login/"
        Course.target = f"{live_server.url}/classes/{offering.pk}/labs/add-up/"
        yield address


def registered(offering: Offering, address: str) -> Platform:
    now, teacher = clock.now(), offering.teachers.get()
    made = platforms.add(institution=offering.institution, name="云岭学堂", product="other", by=None, now=now)
    names = {name: f"{address}/{path}" for name, path in (("auth_url", "auth"), ("token_url", "token"), ("keys_url", "keys"))}
    platforms.describe(platform=made, told=platforms.Description(issuer=address, client_id="c", **names), by=None, now=now)
    deployment = platforms.approve(platform=made, deployment_id="1", by=None, now=now)
    connect(context=Context.objects.create(deployment=deployment, context_id="7"), offering=offering, by=teacher, now=now)
    return made


def test_a_lab_inside_the_platforms_page(page: Any, axe: Any, course: str, offering: Offering) -> None:
    phone = page("/", width=390)
    phone.goto(f"{course}/course")
    lab = phone.frame(name="lab")
    lab.click("button:has-text('开始')")
    lab.wait_for_selector("h1:has-text('加起来')")
    assert lab.locator("header.launched").count() == 1
    assert lab.locator("nav.nav, footer").count() == 0
    assert int(lab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")) == 0
    assert offering.enrolments.get().person.name == "新同学"
    phone.goto(Course.target)
    assert phone.locator("h1").inner_text() == "加起来"
    assert overflow(phone) == 0
    assert axe(phone) == []
    phone.goto(f"{course.replace('localhost', '127.0.0.1')}/stranger")
    phone.wait_for_load_state("networkidle")
    assert "加起来" not in phone.frame(name="lab").content(), "a page that isn't the platform's"
