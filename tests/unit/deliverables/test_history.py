"""Versions against the one before, what is left of the quota, and the place in the queue."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.lifecycle.definitions import Rules
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions, queries
from heitu.stages.deliverables.judging.queue import Place, about, place_of, usual_seconds
from heitu.stages.deliverables.models import Deliverable, Verdict
from heitu.stages.deliverables.pace import pace
from heitu.stages.deliverables.shown import history
from tests import stages
from tests.factories import NOW, a_team
from tests.people import Cast
from tests.road import a_machine, a_verdict, hand_in, walk

TRIES = st.lists(st.tuples(st.integers(0, 3000), st.booleans()), max_size=12)


def rules(most: int | None = 5, cooldown: int = 10) -> Rules:
    return Rules(submissions_per_day=most, cooldown_minutes=cooldown)


def versions(*minutes_ago: int, failed: tuple[int, ...] = ()) -> list[Deliverable]:
    """Versions handed in so many minutes before NOW, the oldest first."""
    return [
        Deliverable(version=n, submitted_at=NOW - timedelta(minutes=ago), judging="failed" if n in failed else "done")
        for n, ago in enumerate(minutes_ago, start=1)
    ]


def test_nothing_handed_in_yet() -> None:
    found = pace(rules(), [], now=NOW)
    assert (found.left, found.free_at, found.why) == (5, None, "")
    assert pace(rules(None), versions(3), now=NOW).left is None


def test_the_cooldown_and_then_the_quota_say_when() -> None:
    cooling = pace(rules(), versions(50, 3), now=NOW)
    assert (cooling.left, cooling.free_at, cooling.why) == (3, NOW + timedelta(minutes=7), "cooldown")
    assert cooling.wait.zh == "7 分钟后"
    spent = pace(rules(2), versions(2000, 1000, 700), now=NOW)
    assert (spent.left, spent.why, spent.free_at) == (0, "quota", NOW + timedelta(minutes=1440 - 1000))
    assert spent.wait.en == "in about 7 hours"
    both = pace(rules(2), versions(1439, 3), now=NOW)
    assert both.free_at == NOW + timedelta(minutes=7), "the quota is free in a minute, the cooldown is longer"


def test_what_the_judge_broke_is_free() -> None:
    assert pace(rules(1), versions(3, failed=(1,)), now=NOW) == pace(rules(1), [], now=NOW)
    again = pace(rules(3), versions(100, 3, failed=(2,)), now=NOW)
    assert (again.used, again.free_at) == (1, None)


@given(TRIES, st.one_of(st.none(), st.integers(1, 6)), st.integers(0, 3000))
def test_the_time_that_is_named_is_the_first_free_one(
    given_in: list[tuple[int, bool]], most: int | None, cooldown: int
) -> None:
    order = sorted(given_in, reverse=True)
    failed = tuple(n for n, (_, is_failed) in enumerate(order, start=1) if is_failed)
    made, by = versions(*(ago for ago, _ in order), failed=failed), rules(most, cooldown)
    found = pace(by, made, now=NOW)
    if found.free_at is None:
        assert found.left is None or found.left > 0
        return
    assert found.free_at > NOW
    assert pace(by, made, now=found.free_at).free_at is None
    assert pace(by, made, now=found.free_at - timedelta(seconds=1)).free_at == found.free_at


def a_version(number: int, **given: Any) -> Deliverable:
    deliverable = Deliverable(version=number, submitted_at=NOW, judging="done")
    if given:
        low, high = given.pop("span", (None, None))
        common = {"code": "accepted", "accepted": True, "score": 60.0, "cases_passed": 22, "cases_total": 22}
        verdict = Verdict(pk=number, deliverable=deliverable, rank_low=low, rank_high=high, **(common | given))
        deliverable.verdict = verdict  # type: ignore[misc]
    return deliverable


def said(change: history.Change | None) -> tuple[str, str, str] | None:
    return None if change is None else (f"{change.mark} {change.says.zh}", change.says.en, change.tone)


def test_each_version_against_the_one_judged_before() -> None:
    third, queued, second, first = history.steps([
        a_version(4, speedup=2.5, span=(2.4, 2.6), score=72.25),
        Deliverable(version=3, submitted_at=NOW, judging="queued"),
        a_version(2, speedup=1.5, span=(1.4, 1.6), score=68.0),
        a_version(1, code="wrong_answer", accepted=False, score=0.0, cases_passed=19),
    ])
    assert said(third.figure_change) == ("▲ 快 1.00×", "faster by 1.00×", "go")
    assert said(third.score_change) == ("▲ 高 4.2 分", "4.2 up", "go")
    assert said(third.cases_change) == ("＝ 持平", "the same", "muted")
    assert (queued.title, queued.figure_change, queued.status.en) == (None, None, "Queued")
    assert second.figure_change is None, "the first had no speed-up"
    assert said(second.cases_change) == ("▲ 多过 3 例", "3 more", "go")
    assert (first.figure_change, first.score_change, first.cases_change) == (None, None, None)


def test_what_got_worse_and_what_cant_be_told() -> None:
    new, _ = history.steps([
        a_version(2, speedup=1.2, span=(1.1, 1.3), cases_passed=20, score=61.0),
        a_version(1, speedup=2.0, span=(1.9, 2.1), score=61.0),
    ])
    assert said(new.figure_change) == ("▼ 慢 0.80×", "slower by 0.80×", "gap")
    assert said(new.cases_change) == ("▼ 少过 2 例", "2 fewer", "gap")
    assert said(new.score_change) == ("＝ 持平", "the same", "muted")
    close, _ = history.steps([a_version(2, speedup=2.1, span=(1.9, 2.3)), a_version(1, speedup=2.0, span=(1.8, 2.2))])
    assert said(close.figure_change) == ("≈ 区间重叠", "intervals overlap", "muted")


@pytest.mark.parametrize(("new", "old", "mark"), [(0.2, 0.3, "▲ 好 0.1"), (0.35, 0.3, "▼ 差 0.05")])
def test_measures_of_which_less_is_better(new: float, old: float, mark: str) -> None:
    second, _ = history.steps([
        a_version(n, measure_name="rmse", measure=value, span=(-value - 0.01, -value + 0.01))
        for n, value in ((2, new), (1, old))
    ])
    changed = said(second.figure_change)
    assert changed is not None
    assert changed[0] == mark


GONE = "现在没有能评测这份提交物的机器在线，有了就自动开始。"


@pytest.mark.parametrize(("place", "wait", "zh"), [
    (Place(0, 0, 1, 30.0), None, "即将开始。"), (Place(2, 1, 1, 60.0), 150.0, "排队中，前面还有 3 个。大约 2 分钟后开始。"),
    (Place(3, 2, 2, 20.0), 35.0, "排队中，前面还有 5 个。大约 40 秒后开始。"), (Place(1, 1, 1), None, "排队中，前面还有 2 个。"),
    (Place(0, 2, 3, 60.0), None, "排队中，前面还有 2 个。即将开始。"), (Place(0, 0, 0, 60.0), None, GONE),
    (Place(2, 0, 0, 60.0), None, f"排队中，前面还有 2 个。{GONE}"),
])
def test_the_place_in_the_queue(place: Place, wait: float | None, zh: str) -> None:
    assert place.wait == wait
    assert place.words.zh == zh


@pytest.mark.parametrize(("seconds", "en"), [
    (1, "5 seconds"), (44, "40 seconds"), (56, "1 minute"), (200, "3 minutes"), (6000, "2 hours"),
])
def test_roughly(seconds: float, en: str) -> None:
    assert about(seconds).en == en


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.mark.django_db
def test_the_usual_time_is_the_median_of_real_judgings(cast: Cast, delivering: Application) -> None:
    assert usual_seconds() is None
    at = clock.now() - timedelta(days=3)
    for number, (seconds, simulated) in enumerate([(5.0, False), (40.0, False), (90.0, False), (9000.0, True)]):
        hand_in(delivering, cast.lin, result=a_verdict() | {"seconds": seconds}, now=at + timedelta(hours=8 * number),
                simulated=simulated)
    assert usual_seconds() == 40.0


@pytest.mark.django_db
def test_the_place_is_shown_and_moves_up(cast: Cast, call: Call, delivering: Application) -> None:
    now = clock.now()
    a_machine()
    hand_in(delivering, cast.lin, result=a_verdict() | {"seconds": 240.0}, now=now - timedelta(hours=2))
    team = a_team(now=now)
    lead = team.members.get(is_lead=True).person
    other = walk(stages.a_draft_application(call, team, lead, now=now), "delivering", cast=cast, now=now)
    first = hand_in(other, lead, now=now - timedelta(minutes=2))
    mine = hand_in(delivering, cast.lin, now=now - timedelta(minutes=1))
    url, client = f"/deliverables/{mine.pk}/progress/", signed_in(cast.lin)
    assert place_of(mine, now=now) == Place(1, 0, 1, 240.0)
    other_kind = Deliverable.objects.create(
        application=other, state="delivering", version=9, submitted_by=lead, submitted_at=now - timedelta(minutes=9),
        toolchain="torch",
    )
    assert place_of(mine, now=now).ahead == 1, "another kind of machine judges that one"
    assert place_of(other_kind, now=now).machines == 0
    assert "前面还有 1 个。大约 2 分钟后开始" in client.get(url).content.decode()
    Deliverable.objects.filter(pk=first.pk).update(judging="running")
    page = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "1 before it. It starts in about 2 minutes." in page
    assert "hx-trigger" in page
    Deliverable.objects.filter(pk=first.pk).update(judging="done")
    assert "即将开始" in client.get(url).content.decode()
    case_page = client.get(f"/applications/{delivering.pk}/").content.decode()
    assert "即将开始" in case_page


@pytest.mark.django_db
@pytest.mark.parametrize(("phase", "zh", "en"), [
    ("compile", "编译", "compiling"), ("build", "构建", "building"), ("check", "核对精度", "checking"),
    ("time", "测速", "timing"), ("train", "训练与预测", "training"), ("brand-new", "评测中", "Judging"),
])
def test_phases_in_both_languages(cast: Cast, delivering: Application, phase: str, zh: str, en: str) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now())
    Deliverable.objects.update(judging="running", progress={"phase": phase, "done": 1, "total": 3})
    client = signed_in(cast.lin)
    for language, word in (("zh-hans", zh), ("en", en)):
        page = client.get(f"/deliverables/{made.pk}/progress/", headers={"accept-language": language}).content.decode()
        assert word in page
        assert "brand-new" not in page


def told_twice(cast: Cast, delivering: Application) -> datetime:
    """Two versions: a wrong one, then a right one four minutes ago."""
    now = clock.now()
    wrong = a_verdict(verdict="wrong_answer") | {"speedup": None, "score": 0.0}
    hand_in(delivering, cast.lin, result=wrong, now=now - timedelta(hours=3))
    hand_in(delivering, cast.lin, result=a_verdict(), now=now - timedelta(minutes=4))
    return now


@pytest.mark.django_db
def test_the_pages_show_changes_and_what_is_left(
    cast: Cast, delivering: Application, django_assert_max_num_queries: Any
) -> None:
    told_twice(cast, delivering)
    client = signed_in(cast.lin)
    urls = (f"/applications/{delivering.pk}/", f"/applications/{delivering.pk}/deliverables/")
    for url in urls:
        client.get(url)
        with django_assert_max_num_queries(10):
            page = client.get(url).content.decode()
        for phrase in ("多过 1 例", "高 80 分", "24 小时内已用 2 / 5 次，还可提交 3 次", "（6 分钟后）", "2.00×"):
            assert phrase in page, (url, phrase)
    english = client.get(urls[0], headers={"accept-language": "en"}).content.decode()
    for phrase in ("80 up", "2 of 5 submissions used in 24 hours, 3 left", "in 6 minutes"):
        assert phrase in english, phrase
    owner = signed_in(cast.zhou).get(urls[0]).content.decode()
    assert "多过 1 例" in owner
    assert "还可提交" not in owner


@pytest.mark.django_db
def test_the_page_and_the_action_agree(cast: Cast, delivering: Application) -> None:
    now = told_twice(cast, delivering)
    found = queries.pace_of(delivering, programme_of(delivering.case).rules, now=now)
    with pytest.raises(Refused) as caught:
        actions.check_time(application=delivering, now=now)
    assert found.free_at is not None
    assert (caught.value.code, caught.value.details["ready_at"]) == ("cooldown", found.free_at.isoformat())
    actions.check_time(application=delivering, now=found.free_at)


@pytest.mark.django_db
def test_what_was_said_is_read_of_the_newest_version_alone(cast: Cast, delivering: Application) -> None:
    told_twice(cast, delivering)
    newest, older = queries.latest_versions(Application.objects.get(pk=delivering.pk))
    assert newest.verdict.shown["verdict"] == "accepted"
    assert "shown" in older.verdict.get_deferred_fields()


@pytest.mark.django_db
def test_many_versions_are_counted_all_the_same(cast: Cast, delivering: Application) -> None:
    at = clock.now() - timedelta(hours=30)
    by = programme_of(delivering.case).rules
    for number in range(queries.MOST_VERSIONS + 4):
        hand_in(delivering, cast.lin, now=at + timedelta(hours=number))
        if number > 3:
            Deliverable.objects.filter(version=number + 1).update(judging="failed")
    fresh = Application.objects.get(pk=delivering.pk)
    assert len(queries.latest_versions(fresh)) == queries.MOST_VERSIONS
    found = queries.pace_of(fresh, by, now=at + timedelta(hours=queries.MOST_VERSIONS + 4))
    assert found == pace(by, Deliverable.objects.all(), now=at + timedelta(hours=queries.MOST_VERSIONS + 4))
    assert found.used == 3, "the first is a day old, the failed ones are free"
