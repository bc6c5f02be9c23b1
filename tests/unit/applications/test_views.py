"""Every page of applications, for everybody."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import DECLARATIONS
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import a_team
from tests.people import Cast, make_cast

pytestmark = pytest.mark.django_db
DECLARED = {f"declares_{name}": "on" for name in DECLARATIONS}


@pytest.fixture
def cast() -> Cast:
    return make_cast(clock.now())


@pytest.fixture
def call(cast: Cast) -> Call:
    now = clock.now()
    return stages.an_open_call(cast, stages.load(now=now), now=now)


@pytest.fixture
def draft(cast: Cast, call: Call) -> Application:
    return stages.a_draft_application(call, cast.dengta, cast.lin, now=clock.now())


@pytest.fixture
def reviewing(cast: Cast, call: Call) -> Application:
    application = stages.an_application(call, cast.dengta, cast.lin, now=clock.now())
    move(case=application.case, event="pass", by=cast.chen, now=clock.now())
    return application


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def test_doors(cast: Cast, reviewing: Application) -> None:
    """Who gets in where: 200, 302 to the sign-in or onward, 404 for what one may not see."""
    case = f"/applications/{reviewing.pk}/"
    everybody = dict.fromkeys(("lin", "zhou", "chen", "wu", "gao", "sun", "ma", "xu", "he"), 200)
    insiders = dict.fromkeys(("lin", "sun", "zhou", "chen", "wu", "ma", "xu"), 200)
    doors: list[tuple[str, dict[str, int]]] = [
        ("/applications/", everybody),
        (f"/applications/new/?call={reviewing.call.number}", everybody),
        ("/applications/new/?call=ZZ-1999-0001", {}),
        ("/applications/export.csv", {"chen": 200, "ma": 200, "xu": 200}),
        (case, insiders),
        (f"{case}answers/", {"lin": 302}),  # handed in: back to the case
    ]
    for name, person in cast.persons().items():
        client = signed_in(person)
        for url, some in doors:
            expected = 302 if person is None else some.get(name, 404)
            assert client.get(url).status_code == expected, (name, url)


def test_posts_of_strangers(cast: Cast, reviewing: Application) -> None:
    for name in ("he", "gao"):
        client = signed_in(cast.persons()[name])
        assert client.post(f"/applications/{reviewing.pk}/moves/", {"event": "withdraw"}).status_code == 404
        assert client.post("/applications/moves/", {"event": "pass"}).status_code == 404
        assert client.post(f"/applications/{reviewing.pk}/answers/", {}).status_code == 404
    assert signed_in(cast.zhou).post(f"/applications/{reviewing.pk}/moves/", {"event": "withdraw"}).status_code == 409


def test_claiming_writing_and_submitting(cast: Cast, call: Call) -> None:
    client = signed_in(cast.lin)
    assert "揭榜" in client.get(f"/calls/{call.number}/").content.decode()
    started = client.post(f"/applications/new/?call={call.number}", {"team": cast.dengta.pk})
    application = Application.objects.get()
    answers = f"/applications/{application.pk}/answers/"
    assert started["Location"] == answers
    assert client.post(answers, {"approach": "先写一半"}).status_code == 302
    page = client.get(answers).content.decode()
    assert "先写一半" in page
    sent = {**_hidden(page), "submit": "1", **stages.ANSWERS, **DECLARED}
    assert client.post(answers, sent).status_code == 302
    application.refresh_from_db()
    assert (application.case.state, application.answers) == ("screening", {**stages.ANSWERS, "uses_ai": False})


def test_an_incomplete_application_is_kept_and_says_what_is_missing(cast: Cast, call: Call) -> None:
    client = signed_in(cast.lin)
    client.post(f"/applications/new/?call={call.number}", {"team": cast.dengta.pk})
    application = Application.objects.get()
    url = f"/applications/{application.pk}/answers/"
    sent = {**_hidden(client.get(url).content.decode()), "submit": "1", "approach": "只写了这么多"}
    response = client.post(url, sent)
    page = response.content.decode()
    assert response.status_code == 409
    assert "只写了这么多" in page
    assert "“进度安排”是必填项" in page
    assert "需要勾选声明" in page
    application.refresh_from_db()
    assert (application.case.state, application.answers["approach"]) == ("draft", "只写了这么多")


def test_answers_from_a_page_that_the_case_has_left_stay_on_it(cast: Cast, call: Call) -> None:
    client = signed_in(cast.lin)
    application = stages.an_application(call, cast.dengta, cast.lin, now=clock.now())
    typed = {**stages.ANSWERS, **DECLARED, "approach": "在旧页面上又写了很多", "submit": "1", "key": "submit:1:0"}
    for language, says in (("zh-hans", "没有保存"), ("en", "were not saved")):
        client.cookies.pop("django_language", None)
        answer = client.post(f"/applications/{application.pk}/answers/", typed, headers={"accept-language": language})
        page = answer.content.decode()
        assert answer.status_code == 409
        assert says in page
        assert "在旧页面上又写了很多" in page
    application.refresh_from_db()
    assert application.answers["approach"] == stages.ANSWERS["approach"]


def test_answers_after_the_call_has_closed_are_kept_but_not_handed_in(cast: Cast, call: Call) -> None:
    client = signed_in(cast.lin)
    application = stages.a_draft_application(call, cast.dengta, cast.lin, now=clock.now())
    Call.objects.filter(pk=call.pk).update(closes_at=clock.now())
    url = f"/applications/{application.pk}/answers/"
    sent = {**_hidden(client.get(url).content.decode()), **stages.ANSWERS, **DECLARED, "approach": "迟了一分钟" * 5}
    page = client.post(url, sent | {"submit": "1"})
    assert page.status_code == 409
    assert "申报已经截止" in page.content.decode()
    assert "迟了一分钟" in page.content.decode()
    application.refresh_from_db()
    assert application.case.state == "draft"


def test_a_case_page_takes_few_queries(cast: Cast, reviewing: Application, django_assert_max_num_queries: Any) -> None:
    for name in ("lin", "sun", "chen", "wu", "zhou", "ma", "xu"):
        client = signed_in(cast.persons()[name])
        client.get(f"/applications/{reviewing.pk}/")
        with django_assert_max_num_queries(12):
            client.get(f"/applications/{reviewing.pk}/")


@pytest.mark.parametrize("who", ["lin", "chen", "wu"])
def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    cast: Cast, call: Call, django_assert_max_num_queries: Any, who: str
) -> None:
    client, counts = signed_in(cast.persons()[who]), []
    for _ in range(2):
        _one_more(cast, call)
        client.get("/applications/")
        with django_assert_max_num_queries(10) as asked:
            client.get("/applications/")
        counts.append(len(asked))
        _one_more(cast, call)
    assert counts[0] == counts[1]


def _one_more(cast: Cast, call: Call) -> None:
    team = a_team()
    application = stages.an_application(call, team, team.members.get().person, now=clock.now())
    move(case=application.case, event="pass", by=cast.chen, now=clock.now())


def test_the_blind_read_no_names_anywhere(cast: Cast, reviewing: Application) -> None:
    for person in (cast.wu, cast.zhou):
        client = signed_in(person)
        for url in (f"/applications/{reviewing.pk}/", "/applications/", f"/calls/{reviewing.call.number}/"):
            page = client.get(url).content.decode()
            assert "灯塔" not in page
            assert "林致远" not in page
            assert "云岭" not in page
    assert "灯塔" in signed_in(cast.chen).get(f"/applications/{reviewing.pk}/").content.decode()


def test_the_public_learns_no_names_while_judging_is_blind(cast: Cast, reviewing: Application) -> None:
    page = Client().get(f"/calls/{reviewing.call.number}/").content.decode()
    assert "灯塔" not in page
    assert "1 队" in page


def test_the_public_learns_names_where_judging_is_not_double_blind(cast: Cast) -> None:
    now = clock.now()
    version = stages.load("crowd-models", now=now)
    call = stages.an_open_call(cast, version, now=now, task="operator-latency", seats=1, skills=(), licence="Apache-2.0")
    Application.objects.filter(pk=stages.a_draft_application(call, cast.dengta, cast.lin, now=now).pk).update(
        submitted_at=now
    )
    assert "灯塔" in Client().get(f"/calls/{call.number}/").content.decode()


def test_moving_many(cast: Cast, call: Call) -> None:
    teams = [a_team() for _ in range(3)]
    now = clock.now()
    ready = [stages.an_application(call, team, team.members.get().person, now=now) for team in teams]
    client = signed_in(cast.chen)
    page = client.get("/applications/?state=screening").content.decode()
    assert "批量办理" in page
    sent = {"application": [each.pk for each in ready[:2]], "event": "refuse", "key": "k", "reason": ""}
    assert "请写明理由" in client.post("/applications/moves/", sent).content.decode()
    done = client.post("/applications/moves/", sent | {"reason": "不符合要求"}).content.decode()
    assert "成功 2 项，未成 0 项" in done
    states = {each.case.state for each in Application.objects.select_related("case")}
    assert states == {"refused", "screening"}


def test_a_move_on_a_stale_page_keeps_its_reason(cast: Cast, reviewing: Application) -> None:
    client = signed_in(cast.lin)
    url = f"/applications/{reviewing.pk}/"
    page = client.get(url).content.decode()
    assert "这一步会结束本事项" in page
    response = client.post(f"{url}moves/", {"event": "withdraw", "expected_moves": "0", "reason": "时间不够"})
    assert response.status_code == 409
    assert "时间不够" in response.content.decode()
    assert "情况已经变化" in response.content.decode()


def test_the_export_has_everything_and_is_for_the_office(cast: Cast, reviewing: Application) -> None:
    content = signed_in(cast.chen).get("/applications/export.csv").content.decode("utf-8-sig")
    lines = list(csv.DictReader(io.StringIO(content)))
    assert [(line["call"], line["team"], line["state"], line["turn"]) for line in lines] == [
        (reviewing.call.number, "灯塔", "reviewing", "reviewer")
    ]


def _hidden(page: str) -> dict[str, str]:
    """The hidden fields of the answers' form."""
    return dict(re.findall(r'<input type="hidden" name="(event|expected_moves|key)" value="([^"]*)">', page))
