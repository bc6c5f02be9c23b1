"""The reviewer's pages and API, for everybody."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.reviews import actions
from heitu.stages.reviews.models import Review
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import review_all, walk, write

pytestmark = pytest.mark.django_db
GIVEN = {"feasibility": "4", "performance": "5", "team": "3", "recommendation": "support", "to_team": "路线可行，注意尾块。"}


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def with_token(person: Person, *scopes: str) -> Client:
    _, plain = create_token(name="test", scopes=scopes, by=person, now=clock.now())
    return Client(headers={"authorization": f"Bearer {plain}"})


def test_doors(cast: Cast, review: Review) -> None:
    for name, person in cast.persons().items():
        client, is_own = signed_in(person), name == "wu"
        assert client.get("/reviews/").status_code == (200 if person else 302), name
        for url, method, expected in (
            (f"/reviews/{review.pk}/", client.get, 200), (f"/reviews/{review.pk}/", client.post, 409),
            (f"/reviews/{review.pk}/answer/", client.get, 405), ("/reviews/999999/", client.get, 404),
        ):
            code = 302 if person is None else expected if is_own or expected == 405 else 404
            assert method(url).status_code == code, (name, url)
        api = client.get("/api/v1/reviews")
        assert api.status_code == (200 if person else 401), name
        if person:
            assert api.json()["count"] == int(is_own), name


def test_writing_a_review_blind(cast: Cast, review: Review) -> None:
    client, url = signed_in(cast.wu), f"/reviews/{review.pk}/"
    page = client.get(url).content.decode()
    assert stages.ANSWERS["approach"] in page
    assert "已有原型或同类成果" in page
    for hidden in ("灯塔", "林致远", "云岭大学"):
        assert hidden not in page
    assert client.post(url, GIVEN).status_code == 302
    review.refresh_from_db()
    assert (review.total, review.to_team) == (417, "路线可行，注意尾块。")
    again = client.post(url, GIVEN)
    assert again.status_code == 409
    assert "已经提交或谢绝" in again.content.decode()
    assert "<form" not in client.get(url).content.decode().split("<main")[1].split("</main>")[0]


@pytest.mark.parametrize(("left_out", "says"), [("team", "团队能力"), ("to_team", "给团队的意见"), ("recommendation", "建议")])
def test_a_refused_review_keeps_what_was_typed(cast: Cast, review: Review, left_out: str, says: str) -> None:
    given = {name: value for name, value in GIVEN.items() if name != left_out} | {"to_office": "只给运营的话"}
    response = signed_in(cast.wu).post(f"/reviews/{review.pk}/", given)
    page = response.content.decode()
    assert response.status_code == 409
    assert "只给运营的话" in page
    assert says in page
    assert page.count(" checked") == len(given) - (1 if left_out == "to_team" else 2)


def test_answering_and_declining(cast: Cast, review: Review) -> None:
    client, url = signed_in(cast.wu), f"/reviews/{review.pk}/"
    assert client.post(f"{url}answer/", {"answer": "accept"})["Location"] == url
    assert client.post(f"{url}answer/", {"answer": "nonsense"}).status_code == 404
    assert client.post(f"{url}answer/", {"answer": "conflict", "reason": " "}).status_code == 409
    assert client.post(f"{url}answer/", {"answer": "decline", "reason": "没有时间"})["Location"] == "/reviews/"
    page = client.get(url).content.decode()
    assert "申报内容不再显示" in page
    assert stages.ANSWERS["approach"] not in page
    assert client.get(f"/applications/{review.application_id}/").status_code == 404


def test_declaring_a_conflict_on_the_page(cast: Cast, review: Review) -> None:
    client = signed_in(cast.wu)
    assert client.post(f"/reviews/{review.pk}/answer/", {"answer": "conflict", "reason": "合著者"}).status_code == 302
    assert "合著者" in signed_in(cast.chen).get(f"/applications/{review.application_id}/").content.decode()


def test_no_form_after_the_case_moved_on(cast: Cast, reviewing: Application, review: Review) -> None:
    move(case=reviewing.case, event="withdraw", by=cast.lin, now=clock.now())
    page = signed_in(cast.wu).get(f"/reviews/{review.pk}/").content.decode()
    assert "评审已经结束" in page
    assert "提交评审" not in page


def test_the_team_reads_the_words_only_after_the_decision(cast: Cast, reviewing: Application, review: Review) -> None:
    url = f"/applications/{reviewing.pk}/"
    write(review, now=clock.now(), to_team="尾块要单独处理", to_office="建议资助")
    review_all(reviewing, now=clock.now())
    lead, officer, reader = signed_in(cast.lin), signed_in(cast.chen), signed_in(cast.xu)
    for when in ("reviewing", "deciding"):
        assert "尾块要单独处理" not in lead.get(url).content.decode(), when
        assert "建议资助" in officer.get(url).content.decode()
        if when == "reviewing":
            move(case=reviewing.case, event="close_reviews", by=cast.chen, now=clock.now())
    for event, by in (("decline", cast.chen), ("appeal", cast.lin), ("overturn", cast.chen)):
        move(case=reviewing.case, event=event, by=by, now=clock.now(), reason="理由")
        page = lead.get(url).content.decode()
        assert "尾块要单独处理" in page, event
        assert "建议资助" not in page
        assert "吴健" not in page
    assert "吴健" in reader.get(url).content.decode()


def test_the_list_takes_the_same_queries_for_one_row_and_for_three(
    cast: Cast, call: Call, review: Review, django_assert_max_num_queries: Any
) -> None:
    client, counts = signed_in(cast.wu), []
    for _ in range(2):
        client.get("/reviews/")
        with django_assert_max_num_queries(10) as asked:
            assert client.get("/reviews/").status_code == 200
        with django_assert_max_num_queries(10) as api:
            client.get("/api/v1/reviews")
        counts.append((len(asked), len(api)))
        for _ in range(2):
            team = a_team(now=clock.now())
            lead = team.members.get(is_lead=True).person
            other = stages.a_draft_application(call, team, lead, now=clock.now())
            walk(other, "reviewing", cast=cast, now=clock.now())
    assert Review.objects.filter(reviewer=cast.wu).count() >= 3
    assert counts[0] == counts[1]


def test_the_form_page_takes_few_queries(cast: Cast, review: Review, django_assert_max_num_queries: Any) -> None:
    client = signed_in(cast.wu)
    client.get(f"/reviews/{review.pk}/")
    with django_assert_max_num_queries(10):
        client.get(f"/reviews/{review.pk}/")


def test_what_is_owed_comes_first(cast: Cast, call: Call, review: Review) -> None:
    team = a_team(now=clock.now())
    other = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
    walk(other, "reviewing", cast=cast, now=clock.now())
    write(review, now=clock.now())
    rows = signed_in(cast.wu).get("/reviews/").context["page"].object_list
    assert [row.status for row in rows] == ["invited", "submitted"]


def test_handing_in_over_the_api(cast: Cast, review: Review) -> None:
    url = f"/api/v1/reviews/{review.pk}"
    scores = {"feasibility": 4, "performance": 5, "team": 3}
    body: dict[str, Any] = {"scores": scores, "recommendation": "support", "to_team": "可行"}

    def post(client: Client, **changes: Any) -> Any:
        return client.post(url, body | changes, content_type="application/json")

    assert post(with_token(cast.wu, "read")).status_code == 403
    assert post(Client()).status_code == 401
    for name in ("lin", "gao", "chen", "he"):
        assert post(with_token(cast.persons()[name], "review")).status_code == 404, name  # type: ignore[arg-type]
    mine = with_token(cast.wu, "review")
    refused = post(mine, scores=scores | {"team": 9})
    assert (refused.status_code, refused.json()["field"]) == (409, "team")
    assert post(mine, recommendation="maybe").status_code == 422
    assert post(mine, to_team="长" * 4001).status_code == 422
    assert post(mine).json()["total"] == 417
    assert post(mine).json()["code"] == "review_closed"


def test_a_declined_review_is_not_taken(cast: Cast, review: Review) -> None:
    actions.answer(review=review, accepts=False, by=cast.wu, now=clock.now())
    assert signed_in(cast.wu).post(f"/reviews/{review.pk}/", GIVEN).status_code == 409
