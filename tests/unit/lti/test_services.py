"""What we ask of a platform, with one written here that does what the specifications allow and few platforms do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.lti import services
from heitu.ground.lti.actions import platforms, scores
from heitu.ground.lti.enums import Sending
from heitu.ground.lti.messages import LINE_ITEM, SCORE
from heitu.ground.lti.models import Account, Context, Link, Platform, Score
from heitu.ground.people.models import Person
from tests.peers.platforms import serving
from tests.people import Cast

pytestmark = pytest.mark.django_db


class Lms(BaseHTTPRequestHandler):
    """Tokens that may be taken back, members in pages, columns; what it has is kept on the class."""

    pages: list[list[dict[str, Any]]] = []
    following = ""
    columns: list[dict[str, Any]] = []
    taken: list[tuple[str, dict[str, Any]]] = []
    tokens = made = 0
    good: set[str] = set()
    is_down = False

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if not self.is_let_in():
            self.send_error(503 if self.is_down else 401)
        elif parts.path == "/items":
            self.say([each for each in self.columns if each["resourceLinkId"] == asked["resource_link_id"]])
        else:
            self.page(int(asked.get("page", 0)))

    def page(self, number: int) -> None:
        following = self.following or (f"members?page={number + 1}" if number + 1 < len(self.pages) else "")
        self.say({"members": self.pages[number]}, f'<{following}>; rel="next"' if following else "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            type(self).tokens += 1
            self.good.add(f"t-{self.tokens}")
            self.say({"access_token": f"t-{self.tokens}", "expires_in": 3600})
        elif not self.is_let_in():
            self.send_error(503 if self.is_down else 401)
        elif self.path == "/items":
            type(self).made += 1
            self.columns.append(json.loads(body) | {"id": f"http://{self.headers['Host']}/items/{self.made}?type=1"})
            self.say(self.columns[-1])
        else:
            self.taken.append((self.path, json.loads(body)))
            self.say({})

    def is_let_in(self) -> bool:
        return not self.is_down and self.headers.get("Authorization", "").removeprefix("Bearer ") in self.good

    def say(self, what: Any, following: str = "") -> None:
        self.send_response(200)
        if following:
            self.send_header("Link", following)
        self.end_headers()
        self.wfile.write(json.dumps(what).encode())

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving(Lms) as found:
        yield found


@pytest.fixture
def context(address: str, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Context:
    cache.clear()
    empty = {"pages": [], "following": "", "columns": [], "taken": [], "tokens": 0, "made": 0, "good": set(), "is_down": False}
    for name, value in empty.items():
        monkeypatch.setattr(Lms, name, value)
    now = clock.now()
    platform = platforms.add(institution=cast.university, name="云岭学堂", product="other", by=cast.chen, now=now)
    names = {"auth_url": f"{address}/auth", "token_url": f"{address}/token", "keys_url": f"{address}/keys"}
    platforms.describe(
        platform=platform, told=platforms.Description(issuer=address, client_id="c", **names), by=cast.chen, now=now
    )
    deployment = platforms.approve(platform=platform, deployment_id="1", by=cast.chen, now=now)
    return Context.objects.create(deployment=deployment, context_id="7", title="数值方法", members_url=f"{address}/members")


@pytest.fixture
def link(context: Context, address: str) -> Link:
    """Without a column of its own."""
    return Link.objects.create(context=context, link_id="l-1", title="加起来", items_url=f"{address}/items", scopes=[SCORE, LINE_ITEM])


def given(link: Link, person: Person, points: int) -> Score:
    account, _ = Account.objects.get_or_create(
        platform=link.context.platform, sub=f"s-{person.pk}", defaults={"person": person, "since": clock.now()}
    )
    found = scores.give(link=link, account=account, given=Decimal(points), maximum=Decimal(5), now=clock.now())
    assert found
    return found


def delivered(score: Score) -> Sending:
    rows = Score.objects.select_related("account", "link__context__deployment__platform")
    return scores.deliver(score=rows.get(pk=score.pk), now=clock.now())


def test_a_link_without_a_column_gets_one_for_all_its_scores(link: Link, cast: Cast) -> None:
    assert [delivered(given(link, person, 4)) for person in (cast.sun, cast.gao)] == [Sending.SENT] * 2
    (column,) = Lms.columns
    assert (column["label"], column["scoreMaximum"], column["resourceLinkId"]) == ("加起来", 5, "l-1")
    assert [path for path, _ in Lms.taken] == ["/items/1/scores?type=1"] * 2, "onto the path, before the query"
    Link.objects.update(item_url="")
    link.refresh_from_db()
    assert delivered(given(link, cast.sun, 5)) == Sending.SENT
    assert Lms.made == 1, "the one that an answer got lost of is found again"


def test_without_leave_to_make_a_column_it_says_so(link: Link, cast: Cast) -> None:
    Link.objects.update(scopes=[SCORE])
    score = given(link, cast.sun, 4)
    assert delivered(score) == Sending.REFUSED
    score.refresh_from_db()
    assert (score.problem or {})["code"] == "no_line_item"


def test_a_token_that_was_taken_back_is_replaced_at_once(link: Link, cast: Cast) -> None:
    assert delivered(given(link, cast.sun, 3)) == Sending.SENT
    before = Lms.tokens
    Lms.good.clear()
    assert delivered(given(link, cast.sun, 4)) == Sending.SENT
    assert Lms.tokens == before + 1
    assert [sent["scoreGiven"] for _, sent in Lms.taken] == [3, 4]


def test_tries_come_to_an_end_and_begin_anew_when_somebody_says_so(link: Link, cast: Cast) -> None:
    Lms.is_down = True
    score, now = given(link, cast.sun, 4), clock.now()
    assert delivered(score) == Sending.WAITING
    waits = []
    for tries in (1, 5, 30, scores.MOST_TRIES - 1):
        Score.objects.update(tries=tries, state=Sending.WAITING)
        last = delivered(score)
        score.refresh_from_db()
        waits.append(score.next_try_at - now)
    assert last == Sending.REFUSED
    assert waits == sorted(waits)
    assert waits[-1] < timedelta(hours=7)
    assert scores.again(scores=[score], by=cast.lin, now=now) == 1
    score.refresh_from_db()
    assert (score.state, score.tries) == (Sending.WAITING, 0)


def test_a_score_waits_in_the_queue_once(link: Link, cast: Cast) -> None:
    """A platform that is down for hours must not find each score a hundred times."""
    score = given(link, cast.sun, 3)
    given(link, cast.sun, 4)
    for _ in range(3):
        scores.queue(score)
    assert ProcrastinateJob.objects.filter(task_name=scores.SEND).count() == 1
    given(link, cast.gao, 4)
    assert ProcrastinateJob.objects.filter(task_name=scores.SEND).count() == 2


def member(number: int) -> dict[str, Any]:
    return {"user_id": f"s-{number}", "name": f"学生{number}", "roles": ["Learner"], "status": "Active"}


def test_a_list_of_many_pages_is_read_to_its_end(context: Context) -> None:
    Lms.pages = [[member(number) for number in range(start, start + 300)] for start in range(0, 1500, 300)]
    found = services.members(context, clock.now())
    assert [each.sub for each in found] == [f"s-{number}" for number in range(1500)]
    assert Lms.tokens == 1


def test_a_list_on_one_page_of_thousands(context: Context) -> None:
    more = {"picture": "https://lms.example.edu/" + "p" * 200, "lis_person_sourcedid": "x" * 60, "email": "e" * 60}
    Lms.pages = [[member(number) | more for number in range(5000)]]
    assert len(services.members(context, clock.now())) == 5000


@pytest.mark.parametrize(("following", "code"), [
    ("members?page=0", "list_too_long"), ("http://[", "list_malformed"), ("https://evil.example/members", "foreign_service"),
])
def test_half_a_list_is_none(context: Context, following: str, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who reads only half of it would take the other half out of the class."""
    monkeypatch.setattr(services, "MOST_PAGES", 4)
    Lms.pages, Lms.following = [[member(1)]], following
    with pytest.raises(Refused, match=code):
        services.members(context, clock.now())


def test_a_disabled_platform_is_asked_nothing(context: Context, cast: Cast) -> None:
    Lms.pages = [[member(1)]]
    platforms.set_open(platform=Platform.objects.get(), is_open=False, by=cast.chen, now=clock.now())
    with pytest.raises(Refused, match="platform_closed"):
        services.members(Context.objects.get(), clock.now())
    assert Lms.tokens == 0
