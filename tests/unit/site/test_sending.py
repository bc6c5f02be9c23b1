"""Forms that come twice, and more than we would take."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from heitu.ground.people.models import ApiToken, ImportRun, Team
from heitu.site.sending import MOST_BYTES, MostBytesMiddleware, SentOnceMiddleware
from tests.people import Cast, client_of, make_cast

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def cast() -> Cast:
    return make_cast(NOW)


def key_on(client: Client, address: str) -> str:
    found = re.search(r'name="form_key" value="(\w+)"', client.get(address).content.decode())
    assert found
    return found.group(1)


@pytest.mark.django_db
def test_a_form_sent_twice_is_done_once(cast: Cast) -> None:
    client = client_of(cast, "lin")
    form = {"name": "新团队", "slug": "new-team", "institution": cast.university.pk, "form_key": key_on(client, "/teams/new/")}
    before = Team.objects.count()
    first, second = (client.post("/teams/new/", form) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert first["Location"] == second["Location"]
    assert Team.objects.count() == before + 1


@pytest.mark.django_db
def test_what_is_shown_only_once_is_not_made_twice(cast: Cast) -> None:
    client = client_of(cast, "lin")
    form = {"name": "shell", "scopes": ["read"], "form_key": key_on(client, "/me/tokens/")}
    assert client.post("/me/tokens/", form).status_code == 200
    again = client.post("/me/tokens/", form)
    assert again.status_code == 409
    assert "已经提交过了" in again.content.decode()
    assert ApiToken.objects.count() == 1


@pytest.mark.django_db
def test_a_form_that_was_changed_or_refused_may_come_again_from_the_same_page(cast: Cast) -> None:
    client = client_of(cast, "lin")
    form = {"name": "shell", "scopes": [], "form_key": key_on(client, "/me/tokens/")}
    assert [client.post("/me/tokens/", form).status_code for _ in range(2)] == [409, 409]
    for name in ("shell", "laptop"):
        assert client.post("/me/tokens/", form | {"name": name, "scopes": ["read"]}).status_code == 200
    assert ApiToken.objects.count() == 2


@pytest.mark.django_db
def test_another_file_under_the_same_name_is_another_form(cast: Cast) -> None:
    client = client_of(cast, "chen")
    key = key_on(client, "/institutions/imports/")

    def send(table: bytes) -> str:
        file = SimpleUploadedFile("institutions.csv", table, "text/csv")
        return client.post("/institutions/imports/", {"file": file, "form_key": key}).headers["Location"]

    first = send(b"slug,name_zh,name_en,kind\nnorth,\xe5\x8c\x97,North,university\n")
    assert send(b"slug,name_zh,name_en,kind\nnorth,\xe5\x8c\x97,North,university\n") == first
    assert send(b"slug,name_zh,name_en,kind\nsouth,\xe5\x8d\x97,South,university\n") != first
    assert ImportRun.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_while_a_slow_form_is_done_one_waits_and_the_others_are_told(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it is sent, no more than two threads are held, and nobody waits for ever."""
    monkeypatch.setattr("heitu.site.sending.MOST_WAIT", 1.0)
    at_work, finish, done = Event(), Event(), []

    def slowly(request: HttpRequest) -> HttpResponse:
        done.append(request)
        at_work.set()
        finish.wait(30)
        return HttpResponse("done")

    def send(_: int = 0) -> tuple[int, float]:
        request, started = RequestFactory().post("/teams/new/", {"form_key": "a key", "name": "x"}), time.monotonic()
        request.user, request.session = cast.lin, {}  # type: ignore[assignment]
        try:
            return SentOnceMiddleware(slowly)(request).status_code, time.monotonic() - started
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as browser:
        first = browser.submit(send)
        assert at_work.wait(30)
        repeats = list(browser.map(send, range(5)))
        finish.set()
        assert first.result()[0] == 200
    assert [status for status, _ in repeats] == [409] * 5
    assert 0 < sum(waited >= 1.0 for _, waited in repeats) < 5
    assert send()[0] == 409, "it was sent before, and the answer was a page"
    assert len(done) == 1


@pytest.mark.parametrize(("size", "status"), [(MOST_BYTES, 200), (MOST_BYTES + 1, 413)])
def test_more_than_we_would_take_is_refused_unread(size: int, status: int) -> None:
    def reads(request: HttpRequest) -> HttpResponse:
        return HttpResponse("read")

    request = RequestFactory().generic("POST", "/api/v1/anything", b"x")
    request.META["CONTENT_LENGTH"] = str(size)
    response = MostBytesMiddleware(reads)(request)
    assert response.status_code == status
    assert (b"80 MB" in response.content) == (status == 413)


@pytest.mark.django_db
@pytest.mark.parametrize("email", [None, "lin"])
def test_a_person_who_sends_too_much_is_shown_a_page(cast: Cast, email: str | None) -> None:
    client = client_of(cast, email) if email else Client()
    response = client.generic("POST", "/teams/new/", b"x", CONTENT_LENGTH=str(MOST_BYTES + 1))
    assert response.status_code == 413
    assert "80 MB" in response.content.decode()
