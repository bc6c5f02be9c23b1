"""The work log on its page and over the API, for everybody; what the case page costs."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.work import actions, rules
from heitu.stages.work.models import Note
from tests.people import Cast

pytestmark = pytest.mark.django_db


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_who_writes_and_reads(cast: Cast, designing: Application) -> None:
    writers, readers = {"lin", "sun", "zhou", "chen"}, {"lin", "sun", "zhou", "chen", "ma", "xu"}
    for name, person in cast.persons().items():
        assert rules.can_write_note(person, designing) == (name in writers), name
        assert rules.can_read_log(person, designing) == (name in readers), name
        client = signed_in(person)
        url = f"/applications/{designing.pk}/notes/"
        assert client.get(url).status_code == (405 if person else 302), name
        posted = client.post(url, {"text": f"{name} 的记录"})
        assert posted.status_code == (302 if name in writers or person is None else 404), name
        api = client.get(f"/api/v1{url}".rstrip("/"))
        assert api.status_code == (401 if person is None else 200 if name in readers else 404), name
        sent = client.post(f"/api/v1{url}".rstrip("/"), {"text": "x"}, content_type="application/json")
        assert sent.status_code in ((201,) if name in writers else (401, 403, 404)), name
        page = client.get(f"/applications/{designing.pk}/")
        if name in readers:
            assert "林致远" in page.content.decode()
    assert Note.objects.filter(text__endswith="的记录").count() == 4


def test_before_the_award_the_log_tells_the_blind_nothing(cast: Cast, reviewing: Application) -> None:
    actions.add_note(application=reviewing, text="我们是灯塔", by=cast.lin, now=clock.now())
    for person, expected in ((cast.zhou, 404), (cast.wu, 404), (cast.lin, 200), (cast.chen, 200)):
        url = f"/api/v1/applications/{reviewing.pk}/notes"
        assert signed_in(person).get(url).status_code == expected
    assert signed_in(cast.zhou).post(f"/applications/{reviewing.pk}/notes/", {"text": "x"}).status_code == 404


def test_an_empty_note_is_refused(cast: Cast, designing: Application) -> None:
    url = f"/applications/{designing.pk}/notes/"
    empty = signed_in(cast.lin).post(url, {"text": "  "})
    assert empty.status_code == 409
    assert "请写点内容" in empty.content.decode()
    _, plain = create_token(name="t", scopes=("submit",), by=cast.lin, now=clock.now())
    mine = Client(headers={"authorization": f"Bearer {plain}"})
    refused = mine.post(f"/api/v1{url}".rstrip("/"), {"text": " "}, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (409, "note_empty")
    assert not Note.objects.exists()


def test_a_note_sent_twice_is_written_once(cast: Cast, designing: Application) -> None:
    url, client = f"/applications/{designing.pk}/notes/", signed_in(cast.lin)
    for text in ("第一轮数据", "第一轮数据", "第二轮数据", "第一轮数据"):
        assert client.post(url, {"text": text}).status_code == 302
    signed_in(cast.sun).post(url, {"text": "第一轮数据"})
    assert Note.objects.filter(author=cast.lin).count() == 3
    assert Note.objects.filter(author=cast.sun).count() == 1


def test_a_note_that_is_too_long_stays_in_its_field(cast: Cast, designing: Application) -> None:
    typed = "<b>精度</b>" + "数" * actions.LONGEST_NOTE
    refused = signed_in(cast.lin).post(f"/applications/{designing.pk}/notes/", {"text": typed})
    page = refused.content.decode()
    assert refused.status_code == 409
    field = page.split('id="note-text"', 1)[1].split("</textarea>")[0]
    assert html.unescape(field).endswith(typed)
    assert 'aria-describedby="note-text-error"' in field
    assert "至多 4000 字" in page
    assert not Note.objects.exists()


@pytest.mark.parametrize("who", ["lin", "zhou", "chen", "ma", "xu"])
def test_the_case_page_takes_few_queries_however_long_the_log(
    cast: Cast, designing: Application, django_assert_max_num_queries: Any, who: str
) -> None:
    client, url, counts = signed_in(cast.persons()[who]), f"/applications/{designing.pk}/", []
    for _ in range(2):
        actions.add_note(application=designing, text=f"记第 {len(counts)} 笔", by=cast.sun, now=clock.now())
        client.get(url)
        with django_assert_max_num_queries(30) as asked:
            page = client.get(url).content.decode()
        counts.append(len(asked))
        actions.add_note(application=designing, text=f"再记第 {len(counts)} 笔", by=cast.lin, now=clock.now())
    assert counts[0] == counts[1]
    assert counts[0] <= 15
    assert "20,400.00" in page


def test_the_page_shows_the_open_request(cast: Cast, designing: Application) -> None:
    move(case=designing.case, event="ask_extension", by=cast.lin, now=clock.now(), data={"days": 7}, reason="换了机器")
    page = signed_in(cast.zhou).get(f"/applications/{designing.pk}/").content.decode()
    assert "申请延期 7 天" in page
    assert "换了机器" in page
