"""Starting, writing and moving applications."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import choices, programme_of
from heitu.engines.lifecycle.tasks import sweep_deadlines
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import remove_member
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Notification
from heitu.stages.applications import actions, queries
from heitu.stages.applications.models import Application
from heitu.stages.calls.models import Call
from tests import stages
from tests.factories import NOW, a_person, a_team
from tests.people import Cast
from tests.road import walk

pytestmark = pytest.mark.django_db


def test_a_claim_starts_a_draft_that_closes_with_the_call(cast: Cast, call: Call) -> None:
    application = actions.start(call=call, team=cast.dengta, by=cast.lin, now=NOW)
    assert (application.case.state, application.case.due_at) == ("draft", call.closes_at)
    assert application.case.definition == call.case.definition
    assert actions.start(call=call, team=cast.dengta, by=cast.lin, now=NOW) == application


def test_only_the_lead_claims_and_only_while_the_call_is_open(cast: Cast, call: Call) -> None:
    with pytest.raises(Refused, match="not_team_lead"):
        actions.start(call=call, team=cast.dengta, by=cast.sun, now=NOW)
    with pytest.raises(Refused, match="cannot_claim"):
        actions.start(call=call, team=cast.dengta, by=cast.lin, now=call.closes_at)
    with pytest.raises(Refused, match="cannot_claim"):
        actions.start(call=call, team=cast.dengta, by=cast.lin, now=call.opens_at - timedelta(minutes=1))


def test_what_is_missing_is_kept_and_stops_only_the_submission(cast: Cast, call: Call) -> None:
    application = actions.start(call=call, team=cast.dengta, by=cast.lin, now=NOW)
    actions.change_answers(application=application, answers={"approach": "短"}, by=cast.lin, now=NOW)
    fields = [field for field, _ in queries.problems(application)]
    assert fields == ["plan", "approach", "declares_original", "declares_licence"] or set(fields) == {
        "plan", "approach", "declares_original", "declares_licence"
    }
    with pytest.raises(Refused, match="guarded") as caught:
        move(case=application.case, event="submit", by=cast.lin, now=NOW)
    assert "4 处要补充" in caught.value.message.zh


def test_unknown_and_endless_answers(cast: Cast, draft: Application) -> None:
    with pytest.raises(Refused, match="answer_unknown"):
        actions.change_answers(application=draft, answers={"shoe_size": 43}, by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="answers_too_long"):
        actions.change_answers(application=draft, answers={"approach": "长" * 70_000}, by=cast.lin, now=NOW)


def test_submitted_means_no_more_changes_until_it_is_sent_back(cast: Cast, submitted: Application) -> None:
    assert submitted.submitted_at == NOW
    with pytest.raises(Refused, match="not_editable"):
        actions.change_answers(application=submitted, answers={}, by=cast.lin, now=NOW)
    move(case=submitted.case, event="send_back", by=cast.chen, now=NOW, reason="补充进度安排")
    actions.change_answers(application=submitted, answers=stages.ANSWERS, by=cast.lin, now=NOW)
    later = NOW + timedelta(days=1)
    move(case=submitted.case, event="submit", by=cast.lin, now=later)
    assert Application.objects.get(pk=submitted.pk).submitted_at == later


def test_a_team_may_have_only_so_many_claims(cast: Cast) -> None:
    version = stages.load()
    calls = [stages.an_open_call(cast, version, prize=1_00) for _ in range(6)]
    for each in calls[:5]:
        stages.an_application(each, cast.dengta, cast.lin)
    with pytest.raises(Refused, match="cannot_claim") as caught:
        stages.an_application(calls[5], cast.dengta, cast.lin)
    assert "5 项在研" in caught.value.message.zh


def test_exclusive_means_first_come(cast: Cast) -> None:
    call = stages.an_open_call(cast, stages.load("crowd-designs"), seats=1, task="", skills=())
    waiting = a_team()
    lead = waiting.members.get().person
    second = actions.start(call=call, team=waiting, by=lead, now=NOW)
    first = actions.start(call=call, team=cast.dengta, by=cast.lin, now=NOW)
    assert first != second
    assert queries.why_not_seat(call, _programme(call), cast.dengta) is None
    Application.objects.filter(pk=first.pk).update(submitted_at=NOW)
    why = queries.why_not_seat(call, _programme(call), waiting)
    assert why is not None
    assert "已有团队申报" in why.zh


def test_the_open_cases_of_a_call_keep_it_open(cast: Cast, submitted: Application) -> None:
    offered = {choice.event: choice for choice in choices(submitted.call.case, by=cast.chen, now=NOW)}
    assert not offered["cancel"].allowed
    assert "还有 1 项申报没有办结" in offered["cancel"].why.zh  # type: ignore[union-attr]
    move(case=submitted.case, event="withdraw", by=cast.lin, now=NOW)
    offered = {choice.event: choice for choice in choices(submitted.call.case, by=cast.chen, now=NOW)}
    assert offered["cancel"].allowed


def test_many_are_moved_and_each_says_what_became_of_it(cast: Cast, call: Call) -> None:
    teams = [a_team() for _ in range(2)]
    ready = [stages.an_application(call, team, team.members.get().person) for team in teams]
    draft = stages.a_draft_application(call, cast.dengta, cast.lin)
    outcomes = actions.move_many(applications=[*ready, draft], event="pass", by=cast.chen, now=NOW, key="bulk")
    assert [outcome.refused.code if outcome.refused else None for outcome in outcomes] == [None, None, "not_now"]
    again = actions.move_many(applications=ready, event="pass", by=cast.chen, now=NOW, key="bulk")
    assert all(outcome.refused is None for outcome in again)
    assert all(each.case.moves == 2 for each in ready)


def test_whoever_is_next_is_told_once_and_never_of_their_own_doing(
    cast: Cast, draft: Application, django_capture_on_commit_callbacks: Any
) -> None:
    Notification.objects.all().delete()
    with django_capture_on_commit_callbacks(execute=True):
        move(case=draft.case, event="submit", by=cast.lin, now=NOW)
    told = Notification.objects.get()
    assert (told.person, told.url, told.title.zh) == (cast.chen, f"/applications/{draft.pk}/", "轮到您了：形式审查")
    assert "灯塔" not in told.body.zh
    with django_capture_on_commit_callbacks(execute=True):
        move(case=draft.case, event="refuse", by=cast.chen, now=NOW, reason="不属于本任务范围")
    closed = Notification.objects.exclude(pk=told.pk)
    assert {line.person for line in closed} == {cast.lin, cast.sun}
    assert "不属于本任务范围" in closed[0].body.zh


def test_who_left_the_team_is_no_member_any_more(cast: Cast, submitted: Application) -> None:
    from heitu.stages.applications import rules

    assert rules.can_see_application(cast.sun, submitted)
    remove_member(team=cast.dengta, person=cast.sun, by=cast.lin, now=NOW)
    fresh = Application.objects.get(pk=submitted.pk)
    assert not rules.can_see_application(cast.sun, fresh)
    assert fresh not in rules.visible_applications(cast.sun)


def test_a_stranger_with_the_key_of_a_double_click_gets_nothing(cast: Cast, draft: Application) -> None:
    stranger = a_person()
    with pytest.raises(Refused, match="not_yours"):
        move(case=draft.case, event="submit", by=stranger, now=NOW, key="k")


def _programme(call: Call) -> Any:
    from heitu.engines.lifecycle.pins import programme_of

    return programme_of(call.case)


def test_a_decision_can_be_objected_to_for_as_long_as_the_rules_say(cast: Cast, submitted: Application) -> None:
    a_person(role=Role.EXPERT, now=NOW)
    case = walk(submitted, "deciding", cast=cast, now=NOW).case
    decided = NOW + timedelta(days=3)
    move(case=case, event="decline", by=cast.chen, now=decided, reason="名额有限")
    days = programme_of(case).rules.objection_days
    assert (case.state, case.due_at, days) == ("declined", decided + timedelta(days=days), 7)
    assert sweep_deadlines(case.due_at - timedelta(minutes=1)).moved == 0
    assert sweep_deadlines(case.due_at).moved == 1
    case.refresh_from_db()
    assert case.state == "refused"
    assert "appeal" not in [choice.event for choice in choices(case, by=cast.lin, now=case.entered_at)]
