"""A university's lead connects a platform: by hand, or by Dynamic Registration with a platform side written here."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti import rules
from heitu.ground.lti.actions import launches, platforms
from heitu.ground.lti.models import Deployment, Launch, Platform
from heitu.ground.people.actions import grant
from heitu.ground.people.enums import Role
from tests.peers.platforms import serving
from tests.people import Cast, client_of

TOOL = "https://purl.imsglobal.org/spec/lti-tool-configuration"


class Registrar(BaseHTTPRequestHandler):
    """The platform's side of Dynamic Registration, as its specification says; what it was told is kept on the class."""

    told: list[tuple[dict[str, Any], str]] = []
    shown: list[str] = []
    changed: dict[str, Any] = {}
    given: dict[str, Any] = {}

    def do_GET(self) -> None:
        self.shown.append(self.headers.get("Authorization", ""))
        host = f"http://{self.headers['Host']}"
        names = {"authorization_endpoint": "auth", "token_endpoint": "token", "jwks_uri": "keys", "registration_endpoint": "register"}
        answer = {"issuer": host, "scopes_supported": ["openid"], **{name: f"{host}/{path}" for name, path in names.items()}}
        self.say({"keys": []} if self.path == "/keys" else answer | self.changed)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            return self.say({"access_token": "t", "expires_in": 60})
        self.told.append((json.loads(body), self.headers.get("Authorization", "")))
        return self.say({"client_id": "given-1", TOOL: {"deployment_id": "7"}} | self.given)

    def say(self, what: Any) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def registrar(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    for name, empty in (("told", []), ("shown", []), ("changed", {}), ("given", {})):
        monkeypatch.setattr(Registrar, name, empty)
    with serving(Registrar) as address:
        yield address


@pytest.fixture
def lead(cast: Cast) -> Client:
    grant(person=cast.lin, role=Role.LEAD, institution=cast.university, by=cast.chen, now=clock.now())
    cast.lin.forget_memberships()
    return client_of(cast, "lin")


@pytest.fixture
def draft(lead: Client, cast: Cast) -> Platform:
    url = reverse("lms_list", args=[cast.university.slug])
    answer = lead.post(url, {"name": "云岭学堂", "product": "moodle"})
    made = Platform.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    return made


def invited(lead: Client, draft: Platform) -> str:
    page = lead.post(reverse("lms_invitation", args=[draft.pk])).content.decode()
    link = re.search(rf"{settings.SITE_URL}(/lti/registration/[\w-]+/)", page)
    assert link
    return link[1]


def test_a_platform_registers_itself_once(lead: Client, draft: Platform, registrar: str) -> None:
    door, browser = invited(lead, draft), Client()
    asked = {"openid_configuration": f"{registrar}/configuration", "registration_token": "secret-1"}
    page = browser.get(door, asked)
    assert f"{registrar} 请求连接" in page.content.decode()
    assert f"frame-ancestors 'self' {registrar}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert not Registrar.told, "a look changes nothing"
    done = browser.post(door, asked)
    assert done.status_code == 200, done.content.decode()[-2000:]
    assert "data-lti-close" in done.content.decode()
    ((told, token),) = Registrar.told
    assert [token, *Registrar.shown] == ["Bearer secret-1"] * 2, "Canvas shows its configuration to nobody without it"
    assert told["initiate_login_uri"] == f"{settings.SITE_URL}/lti/{draft.uuid}/login/"
    assert told["redirect_uris"] == [f"{settings.SITE_URL}/lti/{draft.uuid}/launch/"]
    assert told["jwks_uri"] == f"{settings.SITE_URL}/lti/{draft.uuid}/keys/"
    assert [each["type"] for each in told[TOOL]["messages"]] == ["LtiResourceLinkRequest", "LtiDeepLinkingRequest"]
    draft.refresh_from_db()
    assert (draft.issuer, draft.client_id, draft.keys_url) == (registrar, "given-1", f"{registrar}/keys")
    assert Deployment.objects.get().approved_at is not None
    assert browser.post(door, asked).status_code == 400
    assert browser.get(door, asked).status_code == 400


@pytest.mark.parametrize(("changed", "given", "words"), [
    ({"issuer": "https://elsewhere.example"}, {}, "isn’t at the host|isn&#x27;t at the host"),
    ({"token_endpoint": None}, {}, "incomplete"), ({}, {"client_id": 5}, "gives no client ID"),
    ({"jwks_uri": "http://192.0.2.1/keys"}, {}, "begin with https"),
])
def test_a_platform_that_says_nonsense_is_told_and_the_link_stays_good(
    lead: Client, draft: Platform, registrar: str, changed: dict[str, Any], given: dict[str, Any], words: str
) -> None:
    door, browser = invited(lead, draft), Client()
    Registrar.changed, Registrar.given = changed, given
    asked = {"openid_configuration": f"{registrar}/configuration"}
    answer = browser.post(door, asked)
    assert answer.status_code == 400
    assert re.search(words, answer.content.decode())
    draft.refresh_from_db()
    assert not draft.is_complete
    Registrar.changed, Registrar.given = {}, {}
    assert browser.post(door, asked).status_code == 200


@pytest.mark.parametrize("url", ["", "nonsense", "http://127.0.0.1:9/configuration", "file:///etc/passwd", "\0"])
def test_a_configuration_that_isnt_there(lead: Client, draft: Platform, url: str) -> None:
    assert Client().post(invited(lead, draft), {"openid_configuration": url}).status_code == 400


CANVAS = "https://school.instructure.com"


@pytest.fixture
def canvas(draft: Platform) -> Platform:
    draft.product = "canvas"
    draft.save()
    return draft


def test_canvas_is_asked_for_the_schools_own_address_and_told_where_to_show_us(lead: Client, canvas: Platform, registrar: str) -> None:
    door = reverse("lms_invitation", args=[canvas.pk])
    assert lead.post(door).status_code == 409
    assert lead.post(door, {"site": "school"}).status_code == 409
    page = lead.post(door, {"site": f"{CANVAS}/"}).content.decode()
    assert "Dynamic Registration Url" in page
    (link,) = re.findall(rf"{settings.SITE_URL}(/lti/registration/[\w-]+/)", page)
    asked = {"openid_configuration": f"{registrar}/configuration", "registration_token": "x"}
    assert f"frame-ancestors 'self' {registrar} {CANVAS}" in Client().get(link, asked)["Content-Security-Policy"]
    assert Client().post(link, asked).status_code == 200
    ((told, _),) = Registrar.told
    assert told[TOOL]["https://canvas.instructure.com/lti/privacy_level"] == "name_only"
    assert told[TOOL]["messages"][1]["placements"] == ["assignment_selection", "link_selection"]
    canvas.refresh_from_db()
    assert canvas.serves(f"{CANVAS}/api/lti/courses/1/names_and_roles")


def test_canvas_fetches_one_file_that_says_it_all(client: Client, canvas: Platform) -> None:
    answer = client.get(f"/lti/{canvas.uuid}/canvas.json")
    assert answer["Content-Type"] == "application/json"
    told = answer.json()
    assert {"title", "description", "scopes", "extensions"} <= set(told)
    assert told["target_link_uri"] == f"{settings.SITE_URL}/lti/{canvas.uuid}/launch/", "Canvas's redirect address, if it is told no other"
    assert launches.target(told["target_link_uri"])
    assert client.get(told["public_jwk_url"].removeprefix(settings.SITE_URL)).status_code == 200
    (extension,) = told["extensions"]
    assert (extension["platform"], extension["privacy_level"]) == ("canvas.instructure.com", "name_only")
    assert [each["message_type"] for each in extension["settings"]["placements"]] == ["LtiDeepLinkingRequest"] * 2


@pytest.mark.parametrize(("product", "fields"), [
    ("moodle", [
        "Tool name", "Tool URL", "LTI version", "Public key type", "Public keyset", "Initiate login URL", "Redirection URI(s)",
        "Tool configuration usage", "Supports Deep Linking (Content-Item Message)", "Content Selection URL",
    ]),
    ("canvas", ["Key Name", "Redirect URIs", "Method", "JSON URL"]),
    ("openedx", ["LTI Version", "Launch URL", "Registered Redirect URIs", "Tool Initiate Login URL (OIDC)", "Tool Public Key Mode"]),
    ("other", ["Tool URL (target link URI)", "Initiate login URL", "Redirection URI", "Public keyset URL"]),
])
def test_what_is_typed_in_there_stands_in_its_order_to_be_copied(lead: Client, draft: Platform, product: str, fields: list[str]) -> None:
    Platform.objects.update(product=product)
    lead.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = unescape(lead.get(draft.get_absolute_url()).content.decode())
    places = [page.find(f"<dt>{field}</dt>") for field in fields]
    assert -1 not in places, dict(zip(fields, places, strict=True))
    assert places == sorted(places)
    copied = set(re.findall(r'data-copy="#(step-[\d-]+)"', page))
    assert copied == set(re.findall(r'<code id="(step-[\d-]+)">', page))
    assert f"{settings.SITE_URL}/lti/{draft.uuid}/launch/" in page


def by_hand(site: str) -> dict[str, str]:
    return {
        "issuer": site, "client_id": "c-1", "auth_url": f"{site}/auth", "token_url": f"{site}/token", "keys_url": f"{site}/keys",
    }


def test_by_hand_with_a_self_check(lead: Client, draft: Platform, registrar: str) -> None:
    page = lead.get(draft.get_absolute_url(), {"site": "https://lms.yunling.example"}).content.decode()
    assert "https://lms.yunling.example/mod/lti/certs.php" in page
    assert f"{settings.SITE_URL}/lti/{draft.uuid}/login/" in page
    lead.post(reverse("lms_description", args=[draft.pk]), by_hand(registrar))
    draft.refresh_from_db()
    assert [(check["title"], check["good"]) for check in draft.checks] == [("keys", True), ("token", True), ("deployments", False)]
    lead.post(reverse("lms_deployment", args=[draft.pk]), {"deployment_id": " 3 "})
    lead.post(reverse("lms_check", args=[draft.pk]))
    page = lead.get(draft.get_absolute_url()).content.decode()
    assert "已批准 1 个部署" in page
    lead.post(reverse("lms_deployment", args=[draft.pk]), {"withdraw": Deployment.objects.get().pk})
    assert Deployment.objects.get().approved_at is None
    lead.post(reverse("lms_disabling", args=[draft.pk]))
    assert "已停用" in lead.get(draft.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("changed", "field"), [
    ({"keys_url": "http://lms.example.edu/keys"}, "keys_url"), ({"client_id": ""}, "client_id"),
    ({"more_origins": "nonsense"}, "more_origins"),
    ({"more_origins": "https://a;b"}, "more_origins"), ({"token_url": "nonsense"}, "token_url"),
])
def test_addresses_that_wont_do(lead: Client, draft: Platform, changed: dict[str, str], field: str) -> None:
    answer = lead.post(reverse("lms_description", args=[draft.pk]), by_hand("https://lms.example.edu") | changed)
    assert answer.status_code == 409
    assert list(answer.context["form"].errors) == [field]
    draft.refresh_from_db()
    assert not draft.is_complete


def test_an_institution_registers_it_once_and_stands_in_no_others_way(cast: Cast) -> None:
    """Self-hosted Canvas has the same issuer and the same first client ID everywhere."""
    now, told = clock.now(), platforms.Description(**by_hand("https://lms.example.edu"))
    for institution in (cast.university, cast.company):
        made = platforms.add(institution=institution, name="x", product="other", by=cast.chen, now=now)
        platforms.describe(platform=made, told=told, by=cast.chen, now=now)
    again = platforms.add(institution=cast.university, name="x", product="other", by=cast.chen, now=now)
    with pytest.raises(Refused, match="registered_already"):
        platforms.describe(platform=again, told=told, by=cast.chen, now=now)


@pytest.mark.parametrize(("changed", "field"), [
    ({"issuer": "https://x/" + "i" * 250}, "issuer"), ({"token_audience": "x" * 501}, "token_audience"),
    ({"auth_url": "https://lms.example.edu/" + "a" * 500}, "auth_url"), ({"more_origins": ["https://*.edu"]}, "more_origins"),
    ({"more_origins": [f"https://{'a' * 250}.example"]}, "more_origins"),
])
def test_programs_are_told_what_no_row_can_hold(draft: Platform, cast: Cast, changed: dict[str, Any], field: str) -> None:
    told = by_hand("https://lms.example.edu") | changed
    answer = client_of(cast, "chen").put(f"/api/v1/lms/{draft.pk}", told, content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (409, field)


def test_who_may(cast: Cast, draft: Platform, lead: Client) -> None:
    page, writing = draft.get_absolute_url(), reverse("lms_disabling", args=[draft.pk])
    seen = {name: client_of(cast, name).get(page).status_code for name in ("chen", "xu", "gao", "sun", "zhou", "he")}
    assert seen == {"chen": 200, "xu": 200, "gao": 404, "sun": 404, "zhou": 404, "he": 404}
    assert client_of(cast, "xu").post(writing).status_code == 404, "an auditor looks on"
    assert lead.get(page).status_code == 200


def test_another_institutions_lead_neither_sees_nor_touches_it(cast: Cast, draft: Platform) -> None:
    grant(person=cast.gao, role=Role.LEAD, institution=cast.company, by=cast.chen, now=clock.now())
    cast.gao.forget_memberships()
    other, before = client_of(cast, "gao"), Platform.objects.values().get()
    for name in ("lms_platform", "lms_description", "lms_invitation", "lms_check", "lms_deployment", "lms_disabling"):
        assert other.post(reverse(name, args=[draft.pk]), by_hand("https://evil.example")).status_code in (404, 405), name
    assert other.get(f"/api/v1/lms/{draft.pk}").status_code == 404
    assert other.get(reverse("lms_list", args=[cast.university.slug])).status_code == 404
    assert Platform.objects.values().get() == before


def test_rules_agree_with_their_scopes(cast: Cast, draft: Platform) -> None:
    for name, person in cast.persons().items():
        mine, seen = (scope(person).filter(pk=draft.pk).exists() for scope in (rules.managed_platforms, rules.visible_platforms))
        assert rules.can_manage_platform(person, draft) is mine, name
        assert rules.can_see_platform(person, draft) is seen, name


def test_few_questions_for_one_or_many(lead: Client, draft: Platform, cast: Cast, django_assert_max_num_queries: Any) -> None:
    for number in range(3):
        platforms.approve(platform=draft, deployment_id=str(number), by=cast.chen, now=clock.now())
        launches.note_refusal(platform=draft, refused=platforms.refuse("x", "无", "none"), now=clock.now())
    for url in (draft.get_absolute_url(), reverse("lms_list", args=[cast.university.slug])):
        lead.get(url)
        with django_assert_max_num_queries(10):
            assert lead.get(url).status_code == 200


def test_refusals_are_shown_and_only_so_many_kept(lead: Client, draft: Platform) -> None:
    now = clock.now()
    for number in range(launches.KEPT_REFUSALS + 5):
        launches.note_refusal(platform=draft, refused=Refused("nonce_wrong", platforms.refuse("x", f"第{number}次", "n").message), now=now)
    assert Launch.objects.count() == launches.KEPT_REFUSALS
    page = lead.get(draft.get_absolute_url()).content.decode()
    assert f"第{launches.KEPT_REFUSALS + 4}次" in page
