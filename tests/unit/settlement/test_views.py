"""Funds and payouts on pages and over the API, for everybody."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import walk

pytestmark = pytest.mark.django_db
SEERS = {"chen", "ma", "xu"}


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_doors(cast: Cast, paying_design: Application) -> None:
    for name, person in cast.persons().items():
        client = signed_in(person)
        for url in ("/funds/", "/funds/crowd-fund/", "/payouts/"):
            expected = 302 if person is None else 200 if name in SEERS else 404
            assert client.get(url).status_code == expected, (name, url)
        assert client.get("/funds/no-fund/").status_code == (302 if person is None else 404)
        for url in ("/api/v1/funds", "/api/v1/payouts"):
            expected = 401 if person is None else 200 if name in SEERS else 404
            assert client.get(url).status_code == expected, (name, url)
        posted = client.post("/funds/crowd-fund/", {"amount": "1", "key": name})
        assert posted.status_code == (302 if name in ("ma", "visitor") else 404), name
    assert AuditEntry.objects.filter(action="fund.endowed").count() == 2  # the fixture's, and Ma's


def test_the_figures(cast: Cast, paying_design: Application) -> None:
    client = signed_in(cast.xu)
    page = client.get("/funds/crowd-fund/").content.decode()
    for amount in ("1,000,000.00", "20,400.00", "796,000.00"):
        assert amount in page
    assert "分文不差" in page
    assert "记账" not in page
    found = client.get("/api/v1/funds").json()
    assert found[0]["left"] + found[0]["in_calls"] + found[0]["in_projects"] + found[0]["held"] + found[0]["paid"] == (
        found[0]["endowed"]
    )
    assert client.get("/api/v1/payouts").json()["items"][0]["amount"] == 2_040_000
    listed = client.get("/payouts/").content.decode()
    assert paying_design.call.number in listed
    assert "0 / 1" in listed


def test_endowing_books_once(cast: Cast, call: Call) -> None:
    client = signed_in(cast.ma)
    page = client.get("/funds/crowd-fund/").content.decode()
    found = re.search(r'name="key" value="([^"]+)"', page)
    assert found
    for _ in range(2):  # a double click
        assert client.post("/funds/crowd-fund/", {"amount": "¥ 5,000.50", "key": found[1]}).status_code == 302
    page = client.get("/funds/crowd-fund/").content.decode()
    assert "1,005,000.50" in page
    assert "已记账" in page


@pytest.mark.parametrize(("amount", "says"), [
    ("199,000,000.01", "最多还可注入 ¥ 199,000,000.00"), ("1.234", "最多两位小数"), ("-1", "不能为负数"),
    ("viel", "不是金额"), ("", "这个字段是必填项"), ("0", "大于零"),
])
def test_refused_endowments_keep_what_was_typed(cast: Cast, call: Call, amount: str, says: str) -> None:
    response = signed_in(cast.ma).post("/funds/crowd-fund/", {"amount": amount, "key": "k"})
    page = response.content.decode()
    assert response.status_code == 409
    assert says in page
    assert f'value="{amount}"' in page or not amount
    assert 'value="k"' in page
    assert AuditEntry.objects.filter(action="fund.endowed").count() == 1


def test_lists_take_the_same_queries_for_one_row_and_for_three(
    cast: Cast, call: Call, paying_design: Application, django_assert_max_num_queries: Any
) -> None:
    urls = ("/payouts/", "/api/v1/payouts", "/funds/", "/api/v1/funds", "/funds/crowd-fund/")
    client, counts = signed_in(cast.ma), []
    for _ in range(2):
        counted = []
        for url in urls:
            client.get(url)
            with django_assert_max_num_queries(13) as asked:
                client.get(url)
            counted.append(len(asked))
        counts.append(counted)
        for _ in range(2 if len(counts) == 1 else 0):
            team = a_team(now=clock.now())
            other = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
            walk(other, "paying_design", cast=cast, now=clock.now())
        stages.load("crowd-models", now=clock.now())
        stages.load("crowd-designs", now=clock.now())
    assert client.get("/api/v1/payouts").json()["count"] == 3
    assert counts[0] == counts[1]
    assert max(counts[0][:4]) <= 10


def test_the_case_page_shows_payments_to_insiders(cast: Cast, paying_design: Application) -> None:
    url = f"/applications/{paying_design.pk}/"
    assert "待审批 0/1" in signed_in(cast.lin).get(url).content.decode()
    assert "待审批" not in signed_in(cast.wu).get(url).content.decode()
    move(case=paying_design.case, event="approve", by=cast.ma, now=clock.now())
    page = signed_in(cast.zhou).get(url).content.decode()
    assert "已支付" in page
    assert "马丽" in page
