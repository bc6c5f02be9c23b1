"""Every page and route of deliverables, for everybody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from heitu.engines.judge.verdict import CaseResult, Speedup
from heitu.engines.judge.verdict import Verdict as Judged
from heitu.ground.core import clock
from heitu.ground.people.actions import create_token
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions
from heitu.stages.deliverables.models import Deliverable
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import a_verdict, hand_in, walk

pytestmark = pytest.mark.django_db
SECRET_SEED, SECRET_VALUE = 918273645, 0.123454321


def signed_in(person: Person | None) -> Client:
    client = Client()
    if person:
        client.force_login(person)
    return client


def with_token(person: Person, *scopes: str) -> Client:
    _, plain = create_token(name="test", scopes=scopes, by=person, now=clock.now())
    return Client(headers={"authorization": f"Bearer {plain}"})


def file(name: str = "submission.py", content: bytes = b"def f(x): return x\n") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def status(client: Client, url: str) -> int:
    """The status; a file that is sent along is read to its end, which closes it."""
    response = client.get(url)
    if response.streaming:
        b"".join(response)  # type: ignore[arg-type]
    return response.status_code


def test_doors(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now() - timedelta(hours=1))
    publication = actions.publish(application=delivering, by=cast.chen, now=clock.now())
    assert publication is not None
    team, seers = {"lin", "sun"}, {"lin", "sun", "zhou", "chen", "ma", "xu"}
    closed: list[tuple[str, set[str]]] = [
        (f"/applications/{delivering.pk}/deliverables/", team), (f"/deliverables/{made.pk}/", seers),
        (f"/deliverables/{made.pk}/progress/", seers), (f"/deliverables/{made.pk}/file/", seers),
        ("/deliverables/999999/", set()),
    ]
    opened = [
        (f"/calls/{delivering.call.number}/leaderboard/", 200), ("/results/", 200),
        (f"/results/{publication.slug}/", 200), (f"/results/{publication.slug}/file/", 200), ("/results/none/", 404),
        (f"/api/v1/calls/{delivering.call.number}/leaderboard", 200), ("/api/v1/results", 200),
    ]
    routes: list[tuple[str, set[str]]] = [
        (f"/api/v1/applications/{delivering.pk}/deliverables", seers | {"wu"}),  # the reviewer's list stays empty
        (f"/api/v1/deliverables/{made.pk}", seers),
    ]
    for name, person in cast.persons().items():
        client = signed_in(person)
        for url, allowed in closed:
            expected = 302 if person is None else 200 if name in allowed else 404
            assert status(client, url) == expected, (name, url)
        for url, expected in opened:
            assert status(client, url) == expected, (name, url)
        for url, allowed in routes:
            assert client.get(url).status_code == (401 if person is None else 200 if name in allowed else 404), (name, url)
    assert signed_in(cast.wu).get(routes[0][0]).json()["count"] == 0


def test_nobody_but_the_team_hands_in(cast: Cast, delivering: Application) -> None:
    url = f"/applications/{delivering.pk}/deliverables/"
    for name, person in cast.persons().items():
        if name in ("lin", "sun"):
            continue
        client = signed_in(person)
        assert client.post(url, {"file": file()}).status_code == (302 if person is None else 404), name
        posted = client.post(f"/api/v1{url}".rstrip("/"), {"file": file()})
        assert posted.status_code == (401 if person is None else 404), name
    assert not Deliverable.objects.exists()


def test_uploading(cast: Cast, delivering: Application) -> None:
    client, url = signed_in(cast.sun), f"/applications/{delivering.pk}/deliverables/"
    assert "24 小时内已用 0 / 5 次" in client.get(url).content.decode()
    made = client.post(url, {"file": file(), "note": "第一版"})
    deliverable = Deliverable.objects.get()
    assert made["Location"] == f"/deliverables/{deliverable.pk}/"
    page = client.get(made["Location"]).content.decode()
    assert "现在没有能评测这份提交物的机器在线" in page
    assert "hx-trigger" in page
    page = client.get(url).content.decode()
    assert "现在还不能提交" in page
    assert "冷却中" in page


@pytest.mark.parametrize(("sent", "says"), [
    ({"file": file(content=b"")}, "文件是空的"), ({"file": file("paper.pdf")}, "请提交 .py"), ({}, "这个字段是必填项"),
])
def test_refused_uploads_keep_the_note(cast: Cast, delivering: Application, sent: dict[str, Any], says: str) -> None:
    if "file" in sent:
        sent["file"].seek(0)
    response = signed_in(cast.lin).post(
        f"/applications/{delivering.pk}/deliverables/", sent | {"note": "写了很久的说明"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert says in page
    assert "写了很久的说明" in page


def test_too_soon_says_when(cast: Cast, delivering: Application) -> None:
    hand_in(delivering, cast.lin, now=clock.now())
    response = signed_in(cast.lin).post(f"/applications/{delivering.pk}/deliverables/", {"file": file(), "note": "留着"})
    assert response.status_code == 409
    assert "分钟后可再次提交" in response.content.decode()
    assert "留着" in response.content.decode()


def test_the_upload_page_out_of_time(cast: Cast, draft: Application) -> None:
    client, url = signed_in(cast.lin), f"/applications/{draft.pk}/deliverables/"
    assert "现在不是交付阶段" in client.get(url).content.decode()
    assert client.post(url, {"file": file()}).status_code == 409


def judged() -> Judged:
    """One public case that passed, one hidden case that didn't, with everything that could tell of it."""
    error = {"worst": {"index": [17, 4093], "error": SECRET_VALUE, "allowed": 0.0156}}
    common: dict[str, Any] = {"dtype": "float16", "verdict": "accepted", "timed": False}
    cases = [
        CaseResult(id="public", shape="8x8", public=True, **common),
        CaseResult(
            id="hidden", shape="9x9", public=False, error=error, text=f"got {SECRET_VALUE}",
            **(common | {"verdict": "wrong_answer"}),
        ),
    ]
    return Judged(
        task="rms-norm", kind="operator", verdict="wrong_answer", score=0.0, cases=cases, seed=SECRET_SEED,
        text=f"case hidden: {SECRET_VALUE}", speedup=Speedup(1.0, 0.9, 1.1, "tie"),
        samples={"hidden": [[(SECRET_VALUE, 0.2)]]},
    )


def test_hidden_values_and_the_seed_reach_nobody(cast: Cast, delivering: Application) -> None:
    found = judged()
    made = hand_in(
        delivering, cast.lin, result=found.as_json(), shown=found.as_json("participant"), now=clock.now()
    )
    assert made.verdict.record["seed"] == SECRET_SEED
    urls = (
        f"/deliverables/{made.pk}/", f"/applications/{delivering.pk}/", f"/api/v1/deliverables/{made.pk}",
        f"/api/v1/applications/{delivering.pk}/deliverables", f"/deliverables/{made.pk}/progress/",
    )
    for person in (cast.lin, cast.sun, cast.zhou, cast.chen, cast.xu):
        for url in urls:
            page = signed_in(person).get(url).content.decode()
            assert str(SECRET_SEED) not in page, url
            assert "0.1234" not in page, url
            assert "0.123," not in page, url
    page = signed_in(cast.lin).get(urls[0]).content.decode()
    assert "1 / 2 例通过" in page
    assert "9x9" in page


def test_the_progress_part_stops_asking_when_there_is_nothing_to_wait_for(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now())
    url, client = f"/deliverables/{made.pk}/progress/", signed_in(cast.lin)
    assert "hx-trigger" in client.get(url).content.decode()
    Deliverable.objects.update(judging="running", progress={"phase": "check", "done": 3, "total": 9})
    page = client.get(url).content.decode()
    assert "核对精度" in page
    assert "3 / 9" in page
    Deliverable.objects.update(judging="failed")
    page = client.get(url)
    assert "hx-trigger" not in page.content.decode()
    assert "不计入您的次数" in page.content.decode()
    actions.record_verdict(deliverable=made, result=a_verdict(), now=clock.now())
    assert client.get(url)["HX-Refresh"] == "true"


def test_the_file_comes_back_as_it_was(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now(), content=b"# mine\n", name="我的.py")
    response = signed_in(cast.zhou).get(f"/deliverables/{made.pk}/file/")
    assert b"".join(response) == b"# mine\n"  # type: ignore[arg-type]
    assert response["Content-Disposition"].startswith("attachment")


def test_downloads_are_counted(cast: Cast, delivering: Application) -> None:
    hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    made = actions.publish(application=delivering, by=cast.chen, now=clock.now())
    assert made is not None
    b"".join(Client().get(f"/results/{made.slug}/file/"))  # type: ignore[arg-type]
    made.refresh_from_db()
    assert made.downloads == 1
    Deliverable.objects.update(file="")
    assert Client().get(f"/results/{made.slug}/file/").status_code == 404


def test_lists_take_the_same_queries_for_one_row_and_for_three(
    cast: Cast, call: Call, delivering: Application, django_assert_max_num_queries: Any
) -> None:
    hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    actions.publish(application=delivering, by=cast.chen, now=clock.now())
    urls = ("/results/", "/api/v1/results", f"/calls/{call.number}/leaderboard/",
            f"/api/v1/calls/{call.number}/leaderboard", f"/api/v1/applications/{delivering.pk}/deliverables")
    client, counts = signed_in(cast.lin), []
    for _ in range(2):
        counted = []
        for url in urls:
            client.get(url)
            with django_assert_max_num_queries(10) as asked:
                assert client.get(url).status_code == 200
            counted.append(len(asked))
        counts.append(counted)
        for number in range(1, 3 if len(counts) == 1 else 1):
            team = a_team(now=clock.now())
            other = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
            actions.publish(
                application=walk(other, "accepting", cast=cast, now=clock.now()), by=cast.chen, now=clock.now()
            )
            hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now() + timedelta(hours=number))
    assert counts[0] == counts[1]


def test_results_are_found(cast: Cast, delivering: Application) -> None:
    hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    made = actions.publish(application=delivering, by=cast.chen, now=clock.now())
    for query, found in (("rmsnorm", 1), ("灯塔", 1), (delivering.call.number, 1), ("无此", 0)):
        assert len(Client().get("/results/", {"q": query}).context["page"].object_list) == found, query
        assert Client().get("/api/v1/results", {"q": query}).json()["count"] == found, query
    page = Client().get(f"/results/{made.slug}/").content.decode() if made else ""
    assert "Apache-2.0" in page
    assert "基线的 2.00 倍" in page


def test_handing_in_over_the_api(cast: Cast, delivering: Application) -> None:
    url = f"/api/v1/applications/{delivering.pk}/deliverables"
    assert with_token(cast.lin, "read").post(url, {"file": file()}).status_code == 403
    mine = with_token(cast.lin, "read", "submit")
    assert mine.post(url, {"note": "no file"}).status_code == 422
    assert mine.post(url, {"file": file(content=b"")}).json()["code"] == "file_empty"
    made = mine.post(url, {"file": file(), "note": "用接口"})
    assert (made.status_code, made.json()["judging"], made.json()["record"]) == (201, "queued", None)
    again = mine.post(url, {"file": file()})
    assert (again.status_code, again.json()["code"]) == (409, "cooldown")
    actions.record_verdict(deliverable=Deliverable.objects.get(), result=a_verdict(), now=clock.now())
    found = mine.get(f"/api/v1/deliverables/{made.json()['id']}").json()
    assert (found["verdict"], found["speedup"], found["record"]["verdict"]) == ("accepted", 2.0, "accepted")
