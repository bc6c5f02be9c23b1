"""Models on the platform: handed in, judged for real, shown, ranked and published by their measure."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.ground.core.clock import now
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.credentials import evidence
from heitu.stages.deliverables import actions, publicly, queries
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.tasks import judge_deliverable
from tests.journeys.story import Story
from tests.journeys.test_crowd_operators import ANSWERS, to_delivering

pytestmark = pytest.mark.django_db
EXAMPLES = Path("packs/ascend/tasks/operator-latency/examples")


@pytest.fixture
def story() -> Story:
    story = Story("crowd-models", start=now() - timedelta(days=2))
    story.expert("expert1")
    story.expert("expert2")
    return story


@pytest.fixture
def delivering(story: Story) -> Application:
    application = story.application(story.call(task="operator-latency"), ANSWERS)
    to_delivering(story, application)
    return application


def hand_in(story: Story, application: Application, example: str, name: str = "submission.py") -> Deliverable:
    content = (EXAMPLES / example / "submission.py").read_bytes()
    if name.endswith(".zip"):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("submission.py", content)
        content = out.getvalue()
    file = ContentFile(content, name=name)
    return actions.hand_in(application=application, file=file, by=story.cast.lin, now=story.later(minutes=30))


def a_measure(
    mean: float, *, public: float | None = None, name: str = "r2", higher: bool = True, verdict: str = "accepted"
) -> dict[str, Any]:
    """The judge's JSON; `public` is the mean over the public rows, which older ones don't have."""
    def reached(mean: float) -> dict[str, Any]:
        return {
            "name": name, "mean": mean, "low": mean - 0.002, "high": mean + 0.002, "runs": [mean, mean, mean],
            "higher": higher, "threshold": 0.962 if higher else 0.5, "target": 0.99 if higher else 0.1,
        }
    of_public_rows = {} if public is None else {"public_measure": reached(public)}
    cases = [{"id": f"run-{n}-hidden", "verdict": verdict, "shape": "1050"} for n in (1, 2, 3)]
    return {"task": "t", "kind": "model", "verdict": verdict, "score": 70.0, "cases": cases, "measure": reached(mean), **of_public_rows}


def judged(story: Story, application: Application, result: dict[str, Any]) -> Verdict:
    lead = application.team.members.get(is_lead=True).person
    return story.hand_in(application, lead, result).verdict


def signed_in(story: Story) -> Client:
    client = Client()
    client.force_login(story.cast.lin)
    return client


def test_a_model_judged_for_real_from_upload_to_published_result(story: Story, delivering: Application) -> None:
    made = hand_in(story, delivering, "plain", "work.zip")
    assert made.judging == "queued"
    judge_deliverable(made.pk)
    verdict = Verdict.objects.get(deliverable=made)
    assert (verdict.accepted, verdict.measure_name, verdict.speedup) == (True, "r2", None)
    assert verdict.measure is not None
    assert verdict.measure_low is not None
    assert 0.962 <= verdict.measure <= 1
    assert verdict.rank_low == verdict.measure_low <= verdict.measure
    assert verdict.seconds == verdict.record["seconds"] > 0
    assert [len(row[name]["runs"]) for row in (verdict.record, verdict.shown) for name in ("measure", "public_measure")] == [3] * 4
    assert (verdict.public_low, verdict.public_high) == tuple(verdict.record["public_measure"][end] for end in ("low", "high"))
    client = signed_in(story)
    page = client.get(f"/deliverables/{made.pk}/").content.decode()
    for said in ("达到门槛 0.962；目标 0.99", "越高越好", "公开行", "第 3 次", "450 行", "1050 行", "达到门槛"):
        assert said in page, said
    assert "基线" not in page
    english = client.get(f"/deliverables/{made.pk}/", headers={"accept-language": "en"}).content.decode()
    for said in ("which meets the threshold 0.962; the target is 0.99", "higher is better", "Rows that count", "Run 3"):
        assert said in english, said
    for event, by in (("deliver", story.cast.lin), ("accept", story.cast.zhou), ("approve", story.cast.ma),
                      ("publish", story.cast.chen)):
        story.move(delivering.case, event, by)
    listed = client.get("/results/").content.decode()
    assert f"R² {verdict.measure:#.4g}" in listed
    assert f"R² {verdict.measure:#.4g}" in evidence.of(delivering, site="").narrative


def test_work_that_falls_short_isnt_accepted_and_says_by_how_much(story: Story, delivering: Application) -> None:
    made = hand_in(story, delivering, "weak")
    judge_deliverable(made.pk)
    verdict = Verdict.objects.get(deliverable=made)
    assert (verdict.code, verdict.accepted, verdict.shown["rule"]) == ("wrong_answer", False, "below_threshold")
    page = signed_in(story).get(f"/deliverables/{made.pk}/").content.decode()
    assert "未达门槛 0.962" in page
    assert "未达标" in page
    assert "过拟合" in page
    with pytest.raises(Refused, match="No version has passed"):
        story.move(delivering.case, "deliver", story.cast.lin)


@pytest.mark.parametrize(("name", "code"), [("submission.cpp", "file_type"), ("model.ckpt", "file_type")])
def test_models_are_python_or_a_zip(story: Story, delivering: Application, name: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        actions.hand_in(application=delivering, file=ContentFile(b"x", name=name), by=story.cast.lin, now=story.now)
    assert (caught.value.code, caught.value.message.zh) == (code, "请提交 .py 或 .zip 文件。")
    page = signed_in(story).get(f"/applications/{delivering.pk}/deliverables/").content.decode()
    assert ".py 或 .zip，至多 32 MB" in page
    assert not Deliverable.objects.exists()


def test_the_task_says_which_machine_a_model_waits_for(story: Story) -> None:
    application = story.application(story.call(task="glyph-digits"), ANSWERS)
    to_delivering(story, application)
    file = ContentFile(b"def fit_predict(a, b, c, d): return a\n", name="submission.py")
    made = actions.hand_in(application=application, file=file, by=story.cast.lin, now=story.later(minutes=30))
    assert made.toolchain == "mindspore"
    assert ProcrastinateJob.objects.filter(queue_name="judge-mindspore", args={"deliverable_id": made.pk}).exists()
    assert "现在没有能评测这份提交物的机器在线" in signed_in(story).get(f"/deliverables/{made.pk}/").content.decode()


def test_models_are_ranked_by_their_measure(story: Story) -> None:
    call = story.call(task="operator-latency", seats=2)
    mine = story.application(call, ANSWERS)
    to_delivering(story, mine)
    rivals, lead = story.team("rivals")
    theirs = story.application(call, ANSWERS, rivals, lead)
    to_delivering(story, theirs, lead)
    judged(story, mine, a_measure(0.97))
    judged(story, mine, a_measure(0.99, verdict="wrong_answer"))
    judged(story, theirs, a_measure(0.98))
    assert [(each.rank, row.application_id) for each, row in queries.leaderboard(call)] == [
        (1, theirs.pk), (2, mine.pk)
    ]
    judged(story, mine, a_measure(0.979))
    assert [each.rank for each, _ in queries.leaderboard(call)] == [1, 1], "their intervals meet"
    assert queries.rank_of(mine) == 1
    won = queries.winning(mine)
    assert won is not None
    assert won.verdict.measure == 0.979
    page = Client().get(f"/calls/{call.number}/leaderboard/").content.decode()
    assert "R²（下界）" in page
    assert "0.9780" in page
    ranked = Client().get(f"/api/v1/calls/{call.number}/leaderboard").json()
    assert [(each["rank"], each["speedup_low"], each["measure"]["value"]) for each in ranked] == [
        (1, None, 0.98), (1, None, 0.979)
    ]


def test_less_is_better_where_the_metric_says_so(story: Story, delivering: Application) -> None:
    worse = judged(story, delivering, a_measure(0.4, name="rmse", higher=False))
    better = judged(story, delivering, a_measure(0.3, name="rmse", higher=False))
    for verdict in (worse, better):
        verdict.refresh_from_db()
    assert (better.rank_low, better.rank_high) == (-better.measure_high, -better.measure_low)  # type: ignore[operator]
    assert better.rank_low > worse.rank_low
    assert queries.winning(delivering) == better.deliverable
    page = signed_in(story).get(f"/deliverables/{better.deliverable_id}/").content.decode()
    assert "均方根误差 0.3000" in page
    assert "越低越好" in page
    assert "均方根误差（上界）" in Client().get(f"/calls/{delivering.call.number}/leaderboard/").content.decode()


def test_a_run_that_ended_early_shows_its_message(story: Story, delivering: Application) -> None:
    result = a_measure(0.97) | {"verdict": "runtime_error", "measure": None, "cases": [
        {"id": "run-1", "verdict": "runtime_error", "text": "ValueError: <no>", "shape": "", "dtype": "float32"}
    ]}
    verdict = judged(story, delivering, result)
    page = signed_in(story).get(f"/deliverables/{verdict.deliverable_id}/").content.decode()
    assert "ValueError: &lt;no&gt;" in page
    assert "运行出错" in page


def test_the_api_and_the_case_page_say_the_measure(story: Story, delivering: Application) -> None:
    verdict = judged(story, delivering, a_measure(0.9712))
    client = signed_in(story)
    found = client.get(f"/api/v1/deliverables/{verdict.deliverable_id}").json()
    assert (found["measure"]["value"], found["measure"]["higher"], found["speedup"]) == (0.9712, True, None)
    page = client.get(f"/applications/{delivering.pk}/").content.decode()
    assert "R² 0.9712" in page
    upload = SimpleUploadedFile("submission.py", b"def fit_predict(a, b, c, d): return a\n")
    made = client.post(f"/applications/{delivering.pk}/deliverables/", {"file": upload})
    assert made.status_code == 302


def win(story: Story, winner: Application, lead: Person, rival: Application) -> None:
    """The race is over, and so is the call."""
    cast = story.cast
    for application, event, by in (
        (rival, "deliver", cast.lin), (winner, "deliver", lead), (winner, "accept", cast.zhou),
        (winner, "approve", cast.ma), (winner, "publish", cast.chen),
    ):
        story.move(application.case, event, by)
    story.move(winner.call.case, "close", None)
    story.move(winner.call.case, "conclude", cast.chen)


def test_teams_see_the_public_rows_until_the_call_is_over(story: Story) -> None:
    call = story.call(task="operator-latency", seats=2)
    mine = story.application(call, ANSWERS)
    to_delivering(story, mine)
    rivals, lead = story.team("rivals")
    theirs = story.application(call, ANSWERS, rivals, lead)
    to_delivering(story, theirs, lead)
    older = judged(story, mine, a_measure(0.9712, public=0.9888))
    verdict = judged(story, mine, a_measure(0.9723, public=0.9777))
    judged(story, theirs, a_measure(0.9834, public=0.9645))
    (team, owner), board = (signed_in(story), Client()), f"/calls/{call.number}/leaderboard"
    owner.force_login(story.cast.zhou)
    pages = [f"/deliverables/{verdict.deliverable_id}/", f"/applications/{mine.pk}/", f"/applications/{mine.pk}/deliverables/",
             f"/api/v1/deliverables/{verdict.deliverable_id}", f"/api/v1/applications/{mine.pk}/deliverables", f"{board}/",
             f"/api/v1{board}"]
    decided = ("0.9712", "0.9723", "0.9834", "0.9692", "0.9703", "0.9814")
    for page in pages:
        seen = team.get(page).content.decode()
        assert not [figure for figure in decided if figure in seen], page
        assert "0.9777" in seen or "0.9888" in seen or "0.9868" in seen, page
    assert "任务结束后公布" in team.get(pages[0]).content.decode()
    assert "0.9723" in owner.get(pages[0]).content.decode()
    assert [[each["team"] for each in who.get(f"/api/v1{board}").json()] for who in (team, Client(), owner)] == [
        [mine.team.name, rivals.name], [mine.team.name, rivals.name], [rivals.name, mine.team.name]
    ]
    assert "按公开行" in Client().get(f"{board}/").content.decode()
    assert queries.rank_of(mine) == 2, "a race is won by the rows that decide"
    win(story, theirs, lead, mine)
    assert "最终榜：按计分行" in Client().get(f"{board}/").content.decode()
    assert [each["measure"]["value"] for each in Client().get(f"/api/v1{board}").json()] == [0.9834, 0.9723]
    assert "0.9712" in team.get(f"/deliverables/{older.deliverable_id}/").content.decode()


def test_where_less_is_better_the_public_rows_rank_so_too(story: Story, delivering: Application) -> None:
    verdict = judged(story, delivering, a_measure(0.4, public=0.3, name="rmse", higher=False))
    seen = publicly.as_public(Verdict.objects.get(pk=verdict.pk))
    assert (seen.measure, seen.rank_low, seen.rank_high) == (0.3, -0.302, -0.298)
    assert publicly.as_public(seen).shown == seen.shown
    assert Verdict.objects.get(pk=verdict.pk).measure == 0.4
