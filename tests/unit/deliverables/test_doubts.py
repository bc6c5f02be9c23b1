"""Which of a team's versions counts, and what becomes of verdicts that a person must look at."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from heitu.engines.lifecycle.actions import load_programme, move
from heitu.engines.lifecycle.faults import DefinitionError
from heitu.ground.audit.models import AuditEntry
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Notification, Person
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import doubts, queries
from heitu.stages.deliverables.enums import DOUBTS
from heitu.stages.deliverables.models import Clearance, Deliverable, Verdict
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import a_verdict, hand_in, walk

pytestmark = pytest.mark.django_db
OPERATORS = stages.PROGRAMMES / "crowd-operators.yaml"


def rival(cast: Cast, call: Call, to: str, low: float = 1.9) -> Application:
    team = a_team(now=clock.now())
    draft = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
    return walk(draft, to, cast=cast, now=clock.now(), low=low)


def lead_of(application: Application) -> Person:
    return application.team.members.get(is_lead=True).person


def doubtful(application: Application, low: float, flag: str = "implausible:f32-long", *, hours: int = 1) -> Deliverable:
    """A version that passed, with a flag, as the database has it."""
    at = clock.now() + timedelta(hours=hours)
    made = hand_in(application, lead_of(application), result=a_verdict(low, low + 0.2) | {"flags": ["short_case:a", flag]}, now=at)
    return Deliverable.objects.select_related("verdict", "application__call").get(pk=made.pk)


def ranks(call: Call) -> tuple[list[tuple[int, int]], list[int]]:
    found = queries.standings(call)
    return [(ranked.rank, row.pk) for ranked, row in found.ranked], [row.pk for row in found.in_doubt]


def decide(version: Deliverable, by: Person, *, is_cleared: bool, reason: str = "已看过代码") -> None:
    doubts.decide(verdict=version.verdict, is_cleared=is_cleared, reason=reason, by=by, now=clock.now())


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


# Best or last


@pytest.fixture
def last_counts(cast: Cast, tmp_path: Path) -> Call:
    path = tmp_path / OPERATORS.name
    path.write_text(OPERATORS.read_text().replace("  winner: best_of\n", "  winner: best_of\n  ranks: last\n"))
    stages.load(now=clock.now())
    return stages.an_open_call(cast, load_programme(path=path, by=None, now=clock.now()), now=clock.now())


def versions(application: Application, *lows: float) -> list[Deliverable]:
    """One that passed for each, an hour after another, and at the end one that didn't."""
    results = [a_verdict(low, low + 0.2) for low in lows] + [a_verdict(verdict="wrong_answer")]
    return [
        hand_in(application, lead_of(application), result=result, now=clock.now() + timedelta(hours=number))
        for number, result in enumerate(results)
    ]


def test_the_best_version_counts(cast: Cast, call: Call, delivering: Application) -> None:
    best, _, _ = versions(delivering, 3.0, 2.0)
    assert (ranks(call), queries.winning(delivering)) == (([(1, best.pk)], []), best)
    for page in (f"/calls/{call.number}/leaderboard/", f"/applications/{delivering.pk}/", f"/calls/{call.number}/"):
        assert "最好一版" in signed_in(cast.lin).get(page).content.decode(), page


def test_the_last_version_that_passed_counts_where_the_programme_says_so(cast: Cast, last_counts: Call) -> None:
    mine, theirs = rival(cast, last_counts, "delivering"), rival(cast, last_counts, "delivering")
    _, last, _ = versions(mine, 3.0, 2.0)
    (other, _) = versions(theirs, 2.5)
    assert ranks(last_counts) == ([(1, other.pk), (2, last.pk)], [])
    assert (queries.winning(mine), queries.rank_of(mine)) == (last, 2)
    for page in (f"/calls/{last_counts.number}/leaderboard/", f"/calls/{last_counts.number}/"):
        assert "最后通过的一版" in Client().get(page).content.decode(), page


def test_another_word_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / OPERATORS.name
    path.write_text(OPERATORS.read_text().replace("  winner: best_of\n", "  winner: best_of\n  ranks: lest\n"))
    with pytest.raises(DefinitionError) as caught:
        load_programme(path=path, by=None, now=clock.now())
    line = path.read_text().splitlines().index("  ranks: lest") + 1
    assert f"{OPERATORS.name}:{line}" in str(caught.value)
    assert "last" in str(caught.value)


# In doubt


@pytest.mark.parametrize("flag", [*DOUBTS, "implausible:f32-long"])
def test_what_is_in_doubt_has_no_rank_until_somebody_decides(
    cast: Cast, call: Call, delivering: Application, flag: str
) -> None:
    honest = hand_in(delivering, cast.lin, result=a_verdict(2.0, 2.2) | {"flags": ["implausibles", "without:pids"]}, now=clock.now())
    version = doubtful(delivering, 80.0, flag)
    assert ranks(call) == ([(1, honest.pk)], [version.pk])
    page = Client().get(f"/calls/{call.number}/leaderboard/").content.decode()
    assert page.count("待核") == 2, "the line, and what it means"
    listed = Client().get(f"/api/v1/calls/{call.number}/leaderboard").json()
    assert [(each["rank"], each["speedup_low"]) for each in listed] == [(1, 2.0), (None, 80.0)]
    decide(version, cast.zhou, is_cleared=True)
    assert ranks(call) == ([(1, version.pk)], [])


def test_what_was_set_aside_counts_nowhere(cast: Cast, call: Call, delivering: Application) -> None:
    version = doubtful(delivering, 80.0)
    assert queries.has_passed(delivering)
    decide(version, cast.chen, is_cleared=False, reason="缓存了上次的输出")
    application = Application.objects.get(pk=delivering.pk)
    assert (ranks(call), queries.has_passed(application)) == (([], []), False)
    with pytest.raises(Refused, match="No version has passed"):
        move(case=application.case, event="deliver", by=cast.lin, now=clock.now())
    told = Notification.objects.filter(kind="verdict_checked")
    assert {line.person for line in told} >= {cast.lin}
    assert "缓存了上次的输出" in told[0].body.zh
    assert AuditEntry.objects.filter(action="deliverable.set_aside", actor=cast.chen).exists()
    decide(version, cast.chen, is_cleared=True, reason="申诉成立")
    assert ranks(call) == ([(1, version.pk)], [])


def test_nothing_in_doubt_is_accepted(cast: Cast, call: Call, delivering: Application) -> None:
    version = doubtful(delivering, 80.0)
    move(case=delivering.case, event="deliver", by=cast.lin, now=clock.now())
    with pytest.raises(Refused, match="version 1 is in doubt"):
        move(case=delivering.case, event="accept", by=cast.zhou, now=clock.now())
    decide(version, cast.zhou, is_cleared=False)
    with pytest.raises(Refused, match="set aside"):
        move(case=delivering.case, event="accept", by=cast.zhou, now=clock.now())
    decide(version, cast.zhou, is_cleared=True)
    move(case=delivering.case, event="accept", by=cast.zhou, now=clock.now())
    assert delivering.case.state == "paying"


def test_a_race_waits_for_a_better_version_in_doubt(cast: Cast, call: Call, draft: Application) -> None:
    theirs = rival(cast, call, "delivering")
    version = doubtful(theirs, 80.0)
    move(case=theirs.case, event="deliver", by=lead_of(theirs), now=clock.now())
    mine = walk(draft, "accepting", cast=cast, now=clock.now())
    with pytest.raises(Refused, match="of another team is in doubt"):
        move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    decide(version, cast.zhou, is_cleared=False)
    move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    assert mine.case.state == "paying"


def test_a_race_waits_for_what_is_still_judged(cast: Cast, call: Call, draft: Application) -> None:
    theirs = rival(cast, call, "delivering")
    version = hand_in(theirs, lead_of(theirs), result=a_verdict(1.1, 1.2), now=clock.now())
    move(case=theirs.case, event="deliver", by=lead_of(theirs), now=clock.now())
    mine = walk(draft, "accepting", cast=cast, now=clock.now())
    Deliverable.objects.filter(pk=version.pk).update(judging="running")
    with pytest.raises(Refused, match="still being judged"):
        move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    Deliverable.objects.filter(pk=version.pk).update(judging="done")
    move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    assert mine.case.state == "paying"


def test_doors(cast: Cast, delivering: Application) -> None:
    version = doubtful(delivering, 80.0)
    url, api = f"/deliverables/{version.pk}/clearance/", f"/api/v1/deliverables/{version.pk}/clearance"
    for name, person in cast.persons().items():
        if person and name not in ("chen", "zhou"):
            assert signed_in(person).post(url, {"decision": "cleared", "reason": "我"}).status_code == 404, name
            body: Any = {"cleared": True, "reason": "我"}
            assert signed_in(person).post(api, body, content_type="application/json").status_code == 404, name
    assert Client().post(url).status_code == 302
    assert not Clearance.objects.exists()


def test_the_owner_decides_on_the_page_or_by_a_program(cast: Cast, delivering: Application) -> None:
    version = doubtful(delivering, 80.0)
    zhou, team = signed_in(cast.zhou), signed_in(cast.lin)
    page = f"/deliverables/{version.pk}/"
    assert "有人核实之前不参与排名" in team.get(page).content.decode()
    assert "clearance/" not in team.get(page).content.decode()
    assert page + "clearance/" in zhou.get(page).content.decode()
    assert zhou.post(page + "clearance/", {"decision": "cleared", "reason": " "}).status_code == 409
    assert zhou.post(page + "clearance/", {"reason": "没有按按钮"}).status_code == 409
    assert not Clearance.objects.exists()
    done = zhou.post(page + "clearance/", {"decision": "cleared", "reason": "分块合理"}, follow=True).content.decode()
    assert "计入排名" in done
    assert "分块合理" in team.get(page).content.decode()
    api = f"/api/v1{page}clearance"
    body: Any = {"cleared": False, "reason": "再看有问题"}
    assert zhou.post(api, body, content_type="application/json").json()["standing"] == "set_aside"


def test_an_old_or_undoubted_verdict_isnt_decided_on(cast: Cast, delivering: Application) -> None:
    plain = hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    with pytest.raises(Refused, match="no doubt"):
        decide(Deliverable.objects.get(pk=plain.pk), cast.chen, is_cleared=True)
    version = doubtful(delivering, 80.0)
    Verdict.objects.filter(deliverable=version).update(deliverable=None)
    with pytest.raises(Refused, match="no doubt"):
        decide(version, cast.chen, is_cleared=True)
