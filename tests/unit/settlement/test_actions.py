"""Proposing, approving, paying and sending back; where every fen is meanwhile."""

from __future__ import annotations

from typing import Any

import pytest

from heitu.engines.ledger import actions as ledger
from heitu.engines.ledger.queries import balance
from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.core import clock
from heitu.ground.core.errors import Refused
from heitu.ground.people.actions import add_member, grant
from heitu.ground.people.enums import Role
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries import case_file
from heitu.stages.awards.queries import payee_of
from heitu.stages.calls.models import Call
from heitu.stages.settlement import actions, queries, rules
from heitu.stages.settlement.enums import PayoutStatus
from heitu.stages.settlement.funds import Whereabouts, everywhere, funds, whereabouts
from heitu.stages.settlement.models import Payout
from heitu.stages.work.models import Milestone
from heitu.stages.work.queries import open_milestone
from tests import stages
from tests.factories import a_person
from tests.people import Cast
from tests.road import walk

pytestmark = pytest.mark.django_db
PRIZE = stages.PRIZE
DESIGN, DELIVERY = 2_040_000, 4_760_000


def money() -> Whereabouts:
    fund, titles = funds()["crowd-fund"]
    total, parts = whereabouts(fund, titles)
    assert total.adds_up
    assert total.paid == sum(part.paid for part in parts)
    return total


def test_every_fen_at_every_stage(cast: Cast, call: Call, draft: Application) -> None:
    pot = 3 * PRIZE
    expected: list[tuple[str, tuple[int, int, int, int]]] = [  # in calls, in projects, held, paid
        ("screening", (pot, 0, 0, 0)), ("reviewing", (pot, 0, 0, 0)), ("deciding", (pot, 0, 0, 0)),
        ("offered", (pot, 0, 0, 0)), ("designing", (2 * PRIZE, DELIVERY, DESIGN, 0)),
        ("paying_design", (2 * PRIZE, DELIVERY, DESIGN, 0)), ("delivering", (2 * PRIZE, 0, DELIVERY, DESIGN)),
        ("accepting", (2 * PRIZE, 0, DELIVERY, DESIGN)), ("publishing", (2 * PRIZE, 0, 0, PRIZE)),
    ]
    application = draft
    for state, places in expected:
        application = walk(application, state, cast=cast, now=clock.now())
        now = money()
        assert (now.in_calls, now.in_projects, now.held, now.paid) == places, state
        assert now.left == 100_000_000 - pot
    assert balance(payee_of(application.team)).posted == PRIZE


def test_a_part_is_paid_and_the_rest_returns(cast: Cast, accepting: Application) -> None:
    for earned, code in (("47600.01", "amount_over_cap"), ("-1", "amount_negative"), ("1.234", "amount_decimals"),
                         ("viel", "form_invalid"), ("0", "payout_amount")):
        with pytest.raises(Refused) as caught:
            move(case=accepting.case, event="accept_part", by=cast.zhou, now=clock.now(), data={"earned": earned},
                 reason="缺文档")
        assert caught.value.code in (code, "form_invalid"), earned
    with pytest.raises(Refused) as caught:
        move(case=accepting.case, event="accept_part", by=cast.zhou, now=clock.now(), data={"earned": "47,600.01"},
             reason="缺文档")
    assert caught.value.details == {"limit": DELIVERY}
    assert "¥ 47,600.00" in caught.value.message.zh
    move(case=accepting.case, event="accept_part", by=cast.zhou, now=clock.now(), data={"earned": "30000"}, reason="缺")
    move(case=accepting.case, event="approve", by=cast.ma, now=clock.now())
    assert (money().paid, money().held, money().in_projects) == (DESIGN + 3_000_000, 0, DELIVERY - 3_000_000)
    move(case=accepting.case, event="publish", by=cast.chen, now=clock.now())
    assert (money().in_projects, money().in_calls) == (0, 2 * PRIZE + DELIVERY - 3_000_000)


@pytest.mark.parametrize("amount", [0, -1, DESIGN + 1])
def test_the_action_holds_the_line_itself(cast: Cast, paying_design: Application, amount: int) -> None:
    with pytest.raises(Refused) as caught:
        actions.propose(
            milestone=Milestone.objects.get(), amount=amount, two_person_over=None, by=cast.zhou, now=clock.now()
        )
    assert (caught.value.code, caught.value.field, caught.value.details) == ("payout_amount", "earned", {"limit": DESIGN})


def over_the_threshold(cast: Cast, **changes: Any) -> Application:
    """A design share of 60,000 yuan, above the 50,000 that one person may approve."""
    now = clock.now()
    call = stages.an_open_call(cast, stages.load(now=now), now=now, prize=20_000_000, seats=1, **changes)
    draft = stages.a_draft_application(call, cast.dengta, cast.lin, now=now)
    return walk(draft, "paying_design", cast=cast, now=now)


def test_two_people_approve_above_the_threshold(cast: Cast) -> None:
    application = over_the_threshold(cast)
    payout = Payout.objects.get()
    assert (payout.amount, payout.approvals_needed) == (6_000_000, 2)
    move(case=application.case, event="approve", by=cast.ma, now=clock.now())
    assert application.case.state == "paying_design"
    with pytest.raises(Refused, match="second person"):
        move(case=application.case, event="approve", by=cast.ma, now=clock.now())
    with pytest.raises(Refused, match="payout_approved_before"):
        actions.approve(payout=payout, by=cast.ma, now=clock.now())
    with pytest.raises(Refused, match="1 more approval"):
        move(case=application.case, event="pay", by=None, now=clock.now())
    second = a_person(role=Role.FINANCE, now=clock.now())
    move(case=application.case, event="approve", by=second, now=clock.now())
    assert application.case.state == "delivering"
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert payout.transfer is not None
    assert payout.transfer.amount == 6_000_000


def test_exactly_at_the_threshold_one_is_enough(cast: Cast, paying_design: Application) -> None:
    milestone = Milestone.objects.get()
    Payout.objects.all().delete()
    for amount, over, needed in ((DESIGN, DESIGN, 1), (DESIGN, DESIGN - 1, 2), (DESIGN, None, 1)):
        made = actions.propose(milestone=milestone, amount=amount, two_person_over=over, by=cast.zhou, now=clock.now())
        assert made.approvals_needed == needed
        made.delete()


def test_nobody_approves_their_own(cast: Cast, paying_design: Application) -> None:
    payout = Payout.objects.get()
    for person in (cast.zhou, cast.lin, cast.sun):
        grant(person=person, role=Role.FINANCE, institution=None, by=None, now=clock.now())
        assert rules.why_not_approve(payout, person) is not None
        with pytest.raises(Refused, match="payout_own"):
            actions.approve(payout=payout, by=person, now=clock.now())
        with pytest.raises(Refused, match="guarded"):
            move(case=paying_design.case, event="approve", by=person, now=clock.now())
    add_member(team=cast.dengta, person=cast.ma, by=cast.lin, now=clock.now(), invited=True)
    with pytest.raises(Refused, match="member of the team"):
        move(case=paying_design.case, event="approve", by=cast.ma, now=clock.now())
    assert not payout.approvals.exists()


def test_sent_back_and_proposed_again(cast: Cast) -> None:
    application = over_the_threshold(cast)
    move(case=application.case, event="approve", by=cast.ma, now=clock.now())
    move(case=application.case, event="send_back", by=cast.ma, now=clock.now(), reason="缺验收单")
    milestone = open_milestone(application)
    assert milestone is not None
    assert (application.case.state, milestone.status, milestone.earned) == ("checking_design", "running", None)
    assert money().held == 6_000_000
    assert queries.proposed(application) is None
    move(case=application.case, event="accept", by=cast.zhou, now=clock.now())
    again = queries.proposed(application)
    assert again is not None
    assert again.approvals.count() == 0  # what was approved was the old proposal
    shown: Any = case_file.first(pk=application.pk)
    assert [row["status"] for row in shown.payouts_shown] == ["proposed", "refused"]
    assert [row["approved_by"] for row in shown.payouts_shown] == [[], [cast.ma.name]]
    move(case=application.case, event="approve", by=cast.ma, now=clock.now())
    assert application.case.state == "paying_design"


def test_a_payment_taken_back_still_adds_up(cast: Cast, draft: Application) -> None:
    walk(draft, "delivering", cast=cast, now=clock.now())
    paid = Payout.objects.get().transfer
    assert paid is not None
    ledger.reverse(transfer=paid, by=cast.ma, now=clock.now(), key="wrong-account", reason="账户有误")
    assert (money().paid, money().in_projects, money().held) == (0, DESIGN, DELIVERY)


def test_no_payment_where_nothing_is_proposed(cast: Cast, paying_design: Application) -> None:
    Payout.objects.update(status=PayoutStatus.REFUSED)
    with pytest.raises(Refused, match="no_payout"):
        move(case=paying_design.case, event="approve", by=cast.ma, now=clock.now())


def test_all_funds_at_once(cast: Cast, paying_design: Application, django_assert_num_queries: Any) -> None:
    known = funds()
    assert set(known) == {"crowd-fund"}
    with django_assert_num_queries(2):
        found = everywhere(known)
    fund, titles = known["crowd-fund"]
    assert found["crowd-fund"] == whereabouts(fund, titles)
    assert programme_of(paying_design.case).fund == fund
    assert everywhere({}) == {}


def test_who_sees_and_endows(cast: Cast) -> None:
    persons = cast.persons().items()
    assert {name for name, person in persons if rules.can_see_funds(person)} == {"chen", "ma", "xu"}
    assert {name for name, person in persons if rules.can_endow(person)} == {"ma"}
