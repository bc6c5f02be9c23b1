"""Compute for labs: granted, moved into a class, filled into vouchers, spent; every minute in the ledger."""

from __future__ import annotations

from datetime import timedelta

import pytest

from heitu.engines.ledger.models import Account
from heitu.engines.ledger.queries import balance_at
from heitu.engines.lifecycle.actions import load_programme, move
from heitu.engines.lifecycle.queries import current_version
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.kinds.courses.actions import compute
from heitu.kinds.courses.models import ComputeAward, Enrolment, Offering
from heitu.stages.applications import actions as applications
from heitu.stages.applications.models import Application
from heitu.stages.calls.actions import create_call
from tests import courses, stages
from tests.factories import a_person
from tests.people import Cast

pytestmark = pytest.mark.django_db
NOW = clock.now()


def minutes(code: str) -> int:
    found = balance_at(code)
    return found.available if found else 0


def asked(cast: Cast, *, students: int = 3, each: int = 100) -> Application:
    load_programme(path=stages.PROGRAMMES / "lab-compute.yaml", by=None, now=NOW)
    terms = stages.terms(
        NOW, title=Text(zh="教学算力", en="Lab compute"), task="", prize=0, skills=(), licence="CC-BY-4.0", seats=9
    )
    call = create_call(
        definition=current_version("lab-compute"), terms=terms, owner=cast.chen, institution=cast.company, by=cast.chen, now=NOW
    )
    move(case=call.case, event="open", by=cast.chen, now=NOW)
    call.refresh_from_db()
    made = applications.start(call=call, team=cast.dengta, by=cast.lin, now=NOW)
    answers = {"course": "求和入门", "students": students, "minutes_each": each, "why": "三个实验，每人约十次批改。"}
    return applications.change_answers(
        application=made, answers=answers, declarations=stages.ALL_TICKED, by=cast.lin, now=NOW
    )


@pytest.fixture
def award(cast: Cast, offering: Offering) -> ComputeAward:
    """Three hundred minutes for Lin's team."""
    application = asked(cast)
    move(case=application.case, event="submit", by=cast.lin, now=NOW)
    move(case=application.case, event="grant", by=cast.chen, now=NOW, data={"minutes": 300})
    return ComputeAward.objects.get()


def test_what_is_granted_arrives(award: ComputeAward) -> None:
    assert (award.minutes, minutes(award.account_code)) == (300, 300)


def test_no_more_is_granted_than_was_asked(cast: Cast, offering: Offering) -> None:
    application = asked(cast)
    move(case=application.case, event="submit", by=cast.lin, now=NOW)
    with pytest.raises(Refused, match="over_asked"):
        move(case=application.case, event="grant", by=cast.chen, now=NOW, data={"minutes": 301})
    assert not ComputeAward.objects.exists()


def test_who_teaches_no_course_gets_none(cast: Cast) -> None:
    application = asked(cast)
    with pytest.raises(Refused, match="teaches no course yet"):
        move(case=application.case, event="submit", by=cast.lin, now=NOW)


def drawn(offering: Offering, award: ComputeAward, cast: Cast, amount: int, key: str = "a") -> None:
    compute.draw(offering=offering, award=award, minutes=amount, by=cast.lin, now=NOW, key=key)


def test_the_purse_fills_vouchers_by_the_rule(offering: Offering, award: ComputeAward, cast: Cast, student: Enrolment) -> None:
    drawn(offering, award, cast, 250)
    drawn(offering, award, cast, 250)  # the same key moves nothing twice
    assert (minutes(award.account_code), minutes(offering.account_code)) == (50, 250)
    assert compute.set_rule(offering=offering, minutes=60, days=7, by=cast.lin, now=NOW) == 1
    compute.charge(enrolment=student, minutes=25, reason="lab", by=None, now=NOW, key="run-1")
    assert minutes(student.account_code) == 35
    week = NOW + timedelta(days=7)
    assert compute.refill_due(now=week - timedelta(minutes=1)) == 0
    assert compute.refill_due(now=week) == 1
    assert compute.refill_due(now=week) == 0
    assert (minutes(student.account_code), minutes(offering.account_code), minutes(compute.USED)) == (60, 165, 25)
    assert sum(minutes(account.code) for account in Account.objects.filter(commodity__code=compute.COMMODITY)) == 0


def test_a_student_who_joins_gets_a_voucher(offering: Offering, award: ComputeAward, cast: Cast) -> None:
    drawn(offering, award, cast, 100)
    compute.set_rule(offering=offering, minutes=60, days=0, by=cast.lin, now=NOW)
    first, second = (courses.a_student(offering, a_person(), now=NOW) for _ in range(2))
    assert (minutes(first.account_code), minutes(second.account_code)) == (60, 0)  # the purse had no more


def test_a_rule_that_the_purse_can_not_keep_is_refused_whole(
    offering: Offering, award: ComputeAward, cast: Cast, student: Enrolment
) -> None:
    drawn(offering, award, cast, 10)
    with pytest.raises(Refused, match="insufficient"):
        compute.set_rule(offering=offering, minutes=60, days=7, by=cast.lin, now=NOW)
    offering.refresh_from_db()
    assert (offering.voucher_minutes, minutes(student.account_code), minutes(offering.account_code)) == (0, 0, 10)


def test_an_empty_purse_holds_no_other_class_up(offering: Offering, award: ComputeAward, cast: Cast, student: Enrolment) -> None:
    drawn(offering, award, cast, 60)
    compute.set_rule(offering=offering, minutes=60, days=7, by=cast.lin, now=NOW)
    compute.charge(enrolment=student, minutes=60, reason="lab", by=None, now=NOW, key="run-1")
    assert compute.refill_due(now=NOW + timedelta(days=8)) == 0
    with pytest.raises(Refused, match="insufficient"):
        compute.charge(enrolment=student, minutes=1, reason="lab", by=None, now=NOW, key="run-2")
