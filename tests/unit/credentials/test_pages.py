"""Pages, files and API of credentials."""

from __future__ import annotations

import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heitu.stages.applications.models import Application
from heitu.stages.credentials import actions
from heitu.stages.credentials.models import Credential
from tests.factories import NOW
from tests.people import Cast


@pytest.fixture
def credential(application: Application, cast: Cast) -> Credential:
    return actions.issue(application=application, by=cast.chen, now=NOW)[1]


def test_anybody_with_the_address_sees_the_certificate(client: Client, credential: Credential) -> None:
    page = client.get(f"/credentials/{credential.pk}/")
    assert page.status_code == 200
    html = page.content.decode()
    assert "孙琪" in html
    assert 'class="qr"' in html
    assert "撤销这份证书" not in html
    credential.refresh_from_db()
    assert credential.signed_at is None, "looking at the page writes nothing"


def test_the_page_speaks_english(client: Client, credential: Credential) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    html = client.get(f"/credentials/{credential.pk}/").content.decode()
    assert "This certifies that" in html


def test_every_file_verifies_on_the_verify_page(client: Client, credential: Credential) -> None:
    for form in ("json", "jwt", "svg", "png"):
        file = client.get(f"/credentials/{credential.pk}.{form}")
        assert file.status_code == 200
        assert file["Access-Control-Allow-Origin"] == "*"
        upload = SimpleUploadedFile(f"badge.{form}", file.content)
        answer = client.post("/verify/", {"file": upload})
        assert "有效：确由本站颁发" in answer.content.decode(), form
    pasted = client.get(f"/credentials/{credential.pk}.jwt").content.decode()
    assert "有效：确由本站颁发" in client.post("/verify/", {"text": f"  {pasted}\n"}).content.decode()
    assert "有效：确由本站颁发" in client.get(f"/verify/{credential.pk}/").content.decode()


def test_the_verify_page_names_what_failed(client: Client, credential: Credential) -> None:
    document = client.get(f"/credentials/{credential.pk}.json").json()
    document["name"] = "<script>alert(1)</script>"
    html = client.post("/verify/", {"text": json.dumps(document)}).content.decode()
    assert "签名不符" in html
    assert "<script>alert" not in html
    assert client.post("/verify/", {}).status_code == 400
    assert client.get("/verify/").status_code == 200


def test_links_of_foreign_badges_can_only_be_web_addresses(client: Client) -> None:
    from tests.unit.credentials import badges

    issuer = {"id": badges.OTHER_KEY.did, "type": ["Profile"], "name": "Elsewhere"}
    badge = badges.signed(badges.unsigned(issuer=issuer, id="javascript:alert(1)"), badges.OTHER_KEY)
    html = client.post("/verify/", {"text": json.dumps(badge)}).content.decode()
    assert "无法下结论" in html
    assert 'href="javascript' not in html


def test_lists_and_did_document_are_public(client: Client, credential: Credential) -> None:
    did = client.get("/.well-known/did.json").json()
    assert did["assertionMethod"] == [did["verificationMethod"][0]["id"]]
    number = credential.status_index // 131_072
    listed = client.get(f"/credentials/status/{number}.json").json()
    assert "BitstringStatusListCredential" in listed["type"]
    assert client.get(f"/credentials/status/{number}.jwt").content.count(b".") == 2
    assert client.get("/credentials/status/9999.json").status_code == 404
    assert did["id"] in client.get("/credentials/issuer/").content.decode()


def test_my_credentials_are_mine(client: Client, credential: Credential, cast: Cast) -> None:
    assert client.get("/credentials/").status_code == 302
    client.force_login(cast.sun)
    html = client.get("/credentials/").content.decode()
    assert f"/credentials/{credential.pk}/" in html
    assert client.get("/credentials/all/").status_code == 404
    client.force_login(cast.he)
    assert "还没有证书" in client.get("/credentials/").content.decode()


def test_the_office_finds_any_credential(client: Client, credential: Credential, cast: Cast) -> None:
    for person in (cast.chen, cast.xu):
        client.force_login(person)
        for words in ("", "孙琪", "RMSNorm", credential.application.call.number):
            assert "孙琪" in client.get("/credentials/all/", {"q": words}).content.decode()
        assert "没有这样的证书" in client.get("/credentials/all/", {"q": "无此人"}).content.decode()


def test_lists_cost_the_same_with_more_rows(
    client: Client, credential: Credential, cast: Cast, django_assert_max_num_queries: object
) -> None:
    client.force_login(cast.chen)
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        client.get("/credentials/all/")


def test_only_an_officer_revokes_and_must_say_why(client: Client, credential: Credential, cast: Cast) -> None:
    url = f"/credentials/{credential.pk}/revocation/"
    for name, person in cast.persons().items():
        if person is None or name == "chen":
            continue
        client.force_login(person)
        assert client.post(url, {"reason": "恶作剧"}).status_code == 404
    client.logout()
    assert client.post(url, {"reason": "恶作剧"}).status_code == 302
    client.force_login(cast.chen)
    assert "撤销这份证书" in client.get(f"/credentials/{credential.pk}/").content.decode()
    assert client.post(url, {"reason": ""}).status_code == 409
    assert client.post(url, {"reason": "误发"}).status_code == 302
    html = client.get(f"/credentials/{credential.pk}/").content.decode()
    assert "此证书已被撤销" in html
    assert "误发" in html
    again = client.post(url, {"reason": "误发"})
    assert again.status_code == 409
    assert "已被撤销" in again.content.decode()
