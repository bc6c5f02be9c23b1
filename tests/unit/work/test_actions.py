"""Milestones and the money that they hold, extensions, and the log."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from heitu.engines.ledger.queries import balance
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.loading import read_programme
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.stages.applications.models import Application
from heitu.stages.awards import actions as awards
from heitu.stages.awards.queries import account_of, payee_of, unpromised
from heitu.stages.calls.queries import pot_of
from heitu.stages.work import actions, queries
from heitu.stages.work.enums import MilestoneStatus
from heitu.stages.work.models import Extension, Milestone, Note
from tests import stages
from tests.factories import a_team
from tests.people import Cast
from tests.road import walk

pytestmark = pytest.mark.django_db
PRIZE = stages.PRIZE


def test_an_offer_promises_money_and_moves_none(cast: Cast, offered: Application) -> None:
    call = offered.call
    assert balance(pot_of(call)).available == 3 * PRIZE
    assert unpromised(call) == 2 * PRIZE
    move(case=offered.case, event="refuse_award", by=cast.lin, now=clock.now())
    assert unpromised(call) == 3 * PRIZE


def test_accepting_funds_the_project_and_holds_the_first_share(cast: Cast, designing: Application) -> None:
    account = balance(account_of(designing.award))
    assert (account.posted, account.pending_out) == (PRIZE, PRIZE * 30 // 100)
    milestone = queries.open_milestone(designing)
    assert milestone is not None
    assert (milestone.state, milestone.amount, milestone.status) == ("designing", 2_040_000, "running")


def test_no_more_awards_than_seats(cast: Cast, designing: Application) -> None:
    call = designing.call
    call.seats = 1
    call.save()
    team = a_team(now=clock.now())
    other = stages.a_draft_application(call, team, team.members.get(is_lead=True).person, now=clock.now())
    with pytest.raises(Refused, match="guarded"):
        walk(other, "offered", cast=cast, now=clock.now())
    with pytest.raises(Refused, match="no_seat"):  # as the second of two officers at once would find
        awards.offer(application=other, by=cast.chen, now=clock.now())


def test_ending_an_award_returns_everything(cast: Cast, designing: Application) -> None:
    move(case=designing.case, event="terminate", by=cast.chen, now=clock.now(), reason="无进展")
    assert balance(account_of(designing.award)).posted == 0
    assert balance(payee_of(designing.team)).posted == 0
    assert balance(pot_of(designing.call)).available == 3 * PRIZE
    milestone = Milestone.objects.get()
    assert (milestone.status, milestone.ended_at is not None) == (MilestoneStatus.RELEASED, True)


def test_a_released_milestone_can_be_started_again(cast: Cast, designing: Application) -> None:
    award, programme = designing.award, programme_of(designing.case)
    given: dict[str, Any] = {"award": award, "programme": programme, "state": "designing", "by": None}
    with pytest.raises((IntegrityError, Refused)), transaction.atomic():
        actions.start_milestone(**given, now=clock.now())
    actions.end_award(award=award, by=cast.chen, now=clock.now())
    awards.offer(application=designing, by=cast.chen, now=clock.now())
    award.refresh_from_db()
    awards.fund(award=award, by=cast.lin, now=clock.now())
    again = actions.start_milestone(**given, now=clock.now())
    assert again.amount == 2_040_000
    assert balance(account_of(award)).pending_out == 2_040_000
    assert sorted(Milestone.objects.values_list("status", flat=True)) == ["released", "running"]


@pytest.fixture(scope="module")
def programme() -> Programme:
    return read_programme(stages.PROGRAMMES / "crowd-operators.yaml")


@given(amount=st.integers(1, 10**12))
def test_the_shares_are_the_whole_award(programme: Programme, amount: int) -> None:
    design = queries.share_of(amount, programme=programme, state="designing")
    delivery = queries.share_of(amount, programme=programme, state="delivering")
    assert design == amount * 30 // 100
    assert design + delivery == amount


def test_an_extension_is_asked_and_granted_or_refused(cast: Cast, designing: Application) -> None:
    case, before = designing.case, designing.case.due_at
    for event, by, data in (("ask_extension", cast.lin, {"days": 10}), ("refuse_extension", cast.zhou, None)):
        move(case=case, event=event, by=by, now=clock.now(), data=data, reason="测试机升级")
    case.refresh_from_db()
    assert case.due_at == before
    move(case=case, event="ask_extension", by=cast.lin, now=clock.now(), data={"days": 5}, reason="再要几天")
    with pytest.raises(Refused, match="still waits"):
        move(case=case, event="ask_extension", by=cast.lin, now=clock.now(), data={"days": 5}, reason="再来")
    move(case=case, event="grant_extension", by=cast.zhou, now=clock.now())
    case.refresh_from_db()
    assert case.due_at == before + timedelta(days=5)
    assert list(Extension.objects.order_by("pk").values_list("granted", flat=True)) == [False, True]


@pytest.mark.parametrize("days", [0, 61, -1])
def test_extensions_within_reason(cast: Cast, designing: Application, days: int) -> None:
    with pytest.raises(Refused) as caught:
        actions.ask_extension(application=designing, days=days, reason="x", by=cast.lin, now=clock.now())
    assert (caught.value.code, caught.value.details) == ("extension_days", {"limit": 60})


def test_days_that_are_no_number_are_refused(cast: Cast, designing: Application) -> None:
    for data in ({"days": "many"}, {"days": 400}, {}, {"days": 3, "more": 1}):
        with pytest.raises(Refused, match="form_invalid"):
            move(case=designing.case, event="ask_extension", by=cast.lin, now=clock.now(), data=data, reason="x")


def test_the_office_names_the_days_after_a_missed_deadline(cast: Cast, designing: Application) -> None:
    """An old request for three days must not override what the officer types."""
    actions.ask_extension(application=designing, days=3, reason="x", by=cast.lin, now=clock.now())
    due = designing.case.due_at
    actions.answer_extension(application=designing, granted=True, days=20, by=cast.chen, now=clock.now())
    designing.case.refresh_from_db()
    assert designing.case.due_at == due + timedelta(days=20)
    assert queries.open_extension(designing) is None


def test_notes(cast: Cast, designing: Application) -> None:
    note = actions.add_note(application=designing, text=" 第一轮\r\n测完 ", by=cast.sun, now=clock.now())
    assert note.text == "第一轮\n测完"
    for text, code in (("", "note_empty"), (" \n", "note_empty"), ("长" * 4001, "note_too_long")):
        with pytest.raises(Refused) as caught:
            actions.add_note(application=designing, text=text, by=cast.sun, now=clock.now())
        assert (caught.value.code, caught.value.field) == (code, "text")
    assert Note.objects.count() == 1
