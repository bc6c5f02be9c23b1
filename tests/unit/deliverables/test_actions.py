"""Handing in, verdicts, the race and publishing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from heitu.engines.lifecycle.actions import move
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.signing import is_signed
from heitu.ground.people.models import Team
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from heitu.stages.deliverables import actions, queries, rules
from heitu.stages.deliverables.enums import JudgingStatus
from heitu.stages.deliverables.models import Deliverable, Publication, Verdict
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import a_verdict, hand_in, walk

pytestmark = pytest.mark.django_db


def rival(cast: Cast, call: Call, to: str, low: float = 1.9) -> Application:
    team: Team = a_team(now=clock.now())
    lead = team.members.get(is_lead=True).person
    draft = stages.a_draft_application(call, team, lead, now=clock.now())
    return walk(draft, to, cast=cast, now=clock.now(), low=low)


def test_versions_count_up_and_keep_their_file(cast: Cast, delivering: Application) -> None:
    now = clock.now()
    first = hand_in(delivering, cast.sun, now=now, content=b"one")
    second = hand_in(delivering, cast.lin, now=now + timedelta(minutes=10), name="../作品.PY", content=b"two")
    assert (first.version, second.version) == (1, 2)
    with second.file.open("rb") as kept:
        assert kept.read() == b"two"
    assert (len(first.sha256), first.size, first.judging, first.state) == (64, 3, "queued", "delivering")
    assert second.filename == "作品.PY"


@pytest.mark.parametrize(("changes", "code"), [
    ({"content": b""}, "file_empty"), ({"name": "paper.pdf"}, "file_type"), ({"name": "py"}, "file_type"),
])
def test_files_that_are_not_taken(cast: Cast, delivering: Application, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as caught:
        hand_in(delivering, cast.lin, now=clock.now(), **changes)
    assert (caught.value.code, caught.value.field) == (code, "file")
    assert not Deliverable.objects.exists()


def test_a_file_over_the_limit(cast: Cast, delivering: Application, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "MOST_BYTES", 2**20)
    with pytest.raises(Refused) as caught:
        hand_in(delivering, cast.lin, now=clock.now(), content=b"x" * (2**20 + 1))
    assert (caught.value.code, caught.value.details) == ("file_too_large", {"limit": 2**20})
    assert caught.value.message.zh == "文件超过 1 MB。"


def test_cooldown_and_quota_and_what_the_judge_breaks_is_free(cast: Cast, delivering: Application) -> None:
    now = clock.now()
    hand_in(delivering, cast.lin, now=now)
    with pytest.raises(Refused) as caught:
        hand_in(delivering, cast.sun, now=now + timedelta(minutes=3, seconds=1))
    assert (caught.value.code, "7 分钟" in caught.value.message.zh) == ("cooldown", True)
    for number in range(1, 5):
        last = hand_in(delivering, cast.lin, now=now + timedelta(minutes=10 * number))
    with pytest.raises(Refused, match="quota"):
        hand_in(delivering, cast.lin, now=now + timedelta(hours=23))
    Deliverable.objects.filter(pk=last.pk).update(judging=JudgingStatus.FAILED)
    hand_in(delivering, cast.lin, now=now + timedelta(minutes=41))
    with pytest.raises(Refused, match="quota"):
        hand_in(delivering, cast.lin, now=now + timedelta(hours=23))
    assert hand_in(delivering, cast.lin, now=now + timedelta(days=1, minutes=1)).version == 7


def test_not_the_time(cast: Cast, draft: Application) -> None:
    with pytest.raises(Refused, match="not_delivering"):
        hand_in(draft, cast.lin, now=clock.now())


def test_a_kept_version_is_queued(cast: Cast, delivering: Application) -> None:
    from django.core.files.base import ContentFile

    made = actions.hand_in(
        application=delivering, file=ContentFile(b"x = 1\n", name="a.py"), by=cast.lin, now=clock.now()
    )
    job = ProcrastinateJob.objects.get(queue_name="judge")
    assert job.args == {"deliverable_id": made.pk}


def test_a_verdict_is_recorded_once_signed_and_for_good(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now())
    result = a_verdict() | {"seed": 424242}
    first = actions.record_verdict(deliverable=made, result=result, now=clock.now())
    second = actions.record_verdict(deliverable=made, result=a_verdict(verdict="wrong_answer"), now=clock.now())
    assert first == second
    assert (second.accepted, second.cases_passed, second.cases_total, second.speedup_low) == (True, 1, 1, 1.9)
    made.refresh_from_db()
    assert made.judging == JudgingStatus.DONE
    for statement in ("UPDATE deliverables_verdict SET accepted = false", "DELETE FROM deliverables_verdict"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Verdict.objects.get().accepted


def test_the_signature_is_over_the_whole_record(cast: Cast, delivering: Application, settings: Any) -> None:
    made = hand_in(delivering, cast.lin, result=a_verdict() | {"seed": 7}, shown=a_verdict(), now=clock.now())
    verdict = made.verdict
    assert is_signed(verdict.record, verdict.signature, home=settings.HOME)
    assert not is_signed(verdict.shown, verdict.signature, home=settings.HOME)


def test_acceptance_waits_for_a_verdict(cast: Cast, delivering: Application) -> None:
    for result, says in ((None, "hasn't finished"), (a_verdict(verdict="wrong_answer"), "No version has passed")):
        now = clock.now() + timedelta(hours=Deliverable.objects.count())
        hand_in(delivering, cast.lin, result=result, now=now)
        if result:
            Deliverable.objects.update(judging=JudgingStatus.DONE)
        with pytest.raises(Refused, match=says):
            move(case=delivering.case, event="deliver", by=cast.lin, now=clock.now())


def test_the_board_has_each_teams_best_and_who_dropped_out_stands_in_nobodys_way(
    cast: Cast, call: Call, draft: Application
) -> None:
    fast = rival(cast, call, "accepting", low=4.0)
    mine = walk(draft, "accepting", cast=cast, now=clock.now(), low=2.0)
    assert [(ranked.rank, row.application_id) for ranked, row in queries.leaderboard(call)] == [
        (1, fast.pk), (2, mine.pk)
    ]
    with pytest.raises(Refused, match="ranked 2"):
        move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    move(case=fast.case, event="reject", by=cast.zhou, now=clock.now(), reason="有缺陷")
    move(case=fast.case, event="let_stand", by=None, now=clock.now())
    assert [row.application_id for _, row in queries.leaderboard(call)] == [fast.pk, mine.pk]
    assert queries.rank_of(mine) == 1
    move(case=mine.case, event="accept", by=cast.zhou, now=clock.now())
    assert mine.case.state == "paying"


def test_the_withdrawn_leave_the_board(cast: Cast, call: Call, delivering: Application) -> None:
    hand_in(delivering, cast.lin, result=a_verdict(), now=clock.now())
    assert len(queries.leaderboard(call)) == 1
    move(case=delivering.case, event="withdraw", by=cast.lin, now=clock.now(), reason="课程冲突")
    assert queries.leaderboard(call) == []


def test_publishing_takes_the_best_version_once(cast: Cast, delivering: Application) -> None:
    now = clock.now()
    for number, low in enumerate((1.5, 2.5, 2.0)):
        hand_in(delivering, cast.lin, result=a_verdict(low, low + 0.1), now=now + timedelta(minutes=10 * number))
    made = actions.publish(application=delivering, by=cast.chen, now=now)
    assert made is not None
    assert (made.deliverable.version, made.licence) == (2, "Apache-2.0")
    assert actions.publish(application=delivering, by=cast.chen, now=now) == made
    assert Publication.objects.count() == 1


def test_predicates_and_scopes_agree(cast: Cast, delivering: Application) -> None:
    made = hand_in(delivering, cast.lin, now=clock.now())
    seers = {"lin", "sun", "zhou", "chen", "ma", "xu"}
    for name, person in cast.persons().items():
        assert rules.can_see_deliverable(person, made) == (name in seers), name
        assert rules.visible_deliverables(person).filter(pk=made.pk).exists() == (name in seers), name
        assert rules.can_hand_in(person, delivering) == (name in {"lin", "sun"}), name
