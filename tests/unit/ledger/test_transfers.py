"""Moving, holding, settling, releasing, returning; what is refused and that nothing moved then."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from heitu.engines.ledger import actions, checking, policies
from heitu.engines.ledger.actions import Posting
from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.queries import Balance, balance, journal, open_holds, statement
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from tests.unit.ledger.conftest import NOW, World


@pytest.fixture(autouse=True)
def _books_agree(world: World) -> object:
    yield
    assert checking.first_fault() is None


def test_a_transfer_moves_from_debit_to_credit(world: World) -> None:
    assert balance(world.fund) == Balance(posted=500, pending_out=0, pending_in=0, available=500)
    assert balance(world.project).available == 500
    assert balance(world.source).posted == -1_000


def test_the_transfer_says_who_when_and_why(world: World) -> None:
    made = actions.transfer(
        debit=world.fund, credit=world.project, amount=1, by=world.officer, now=NOW, key="k", reason="prize",
        source="call:12", journal="call:12:settlement", period="2026-09", approver=world.finance,
    )
    stored = Transfer.objects.get(pk=made.pk)
    assert (stored.actor, stored.approver, stored.at) == (world.officer, world.finance, NOW)
    assert (stored.reason, stored.source, stored.period) == ("prize", "call:12", "2026-09")
    assert [each.pk for each in journal("call:12:settlement")] == [made.pk]
    assert {f.attname: getattr(made, f.attname) for f in Transfer._meta.concrete_fields if f.attname != "mac"} == {
        f.attname: getattr(stored, f.attname) for f in Transfer._meta.concrete_fields if f.attname != "mac"
    }


def test_the_same_key_again_moves_nothing(world: World) -> None:
    first = world.pay(world.fund, world.other, 100, "k")
    again = world.pay(world.fund, world.other, 100, "k")
    assert again.pk == first.pk
    assert balance(world.other).posted == 100


def test_the_same_key_is_known_even_when_the_money_is_gone(world: World) -> None:
    first = world.pay(world.fund, world.other, 500, "k")
    assert world.pay(world.fund, world.other, 500, "k").pk == first.pk


def test_the_same_key_for_something_else_is_refused(world: World) -> None:
    world.pay(world.fund, world.other, 100, "k")
    with pytest.raises(Refused) as refused:
        world.pay(world.fund, world.other, 101, "k")
    assert refused.value.code == "key_taken"


def test_a_refusal_leaves_the_transaction_usable(world: World) -> None:
    with transaction.atomic():
        with pytest.raises(Refused) as refused:
            world.pay(world.fund, world.project, 501, "too much")
        world.pay(world.fund, world.project, 500, "all of it")
    assert refused.value.code == "insufficient"
    assert refused.value.details == {"account": "fund:crowd-fund", "available": 500, "asked": 501}


@pytest.mark.parametrize("amount", [0, -5])
def test_amounts_are_positive(world: World, amount: int) -> None:
    with pytest.raises(Refused, match="amount_not_positive"):
        world.pay(world.fund, world.project, amount, "k")


def test_both_sides_differ_and_hold_the_same_commodity(world: World) -> None:
    hours = actions.ensure_account(commodity="NPU_S:910B", code="quota:1", title=Text(), kind="project")
    with pytest.raises(Refused, match="same_account"):
        world.pay(world.fund, world.fund, 1, "k")
    with pytest.raises(Refused, match="commodity_mismatch"):
        world.pay(world.fund, hours, 1, "k")


def test_conversion_is_a_linked_pair(world: World) -> None:
    def account(commodity: str, code: str, may_overdraw: bool = False) -> Account:
        return actions.ensure_account(
            commodity=commodity, code=code, title=Text(), kind="void", may_overdraw=may_overdraw
        )

    through = account("CNY", "exchange:CNY"), account("NPU_S:910B", "exchange:NPU", may_overdraw=True)
    quota = account("NPU_S:910B", "quota:1")
    ids = actions.convert(
        debit=world.fund, through=through, credit=quota, amount=200, into=7_200, by=None, now=NOW, key="x"
    )
    assert [each.pk for each in journal("x")] == sorted(ids)
    assert (balance(world.fund).posted, balance(quota).posted) == (300, 7_200)


def test_a_hold_reserves_and_settling_less_releases_the_rest(world: World) -> None:
    hold = world.hold(300, "hold")
    assert balance(world.project) == Balance(posted=500, pending_out=300, pending_in=0, available=200)
    assert balance(world.team) == Balance(posted=0, pending_out=0, pending_in=300, available=0)
    assert list(open_holds(world.project)) == [hold]
    actions.settle_hold(hold=hold, amount=180, by=world.officer, now=NOW, key="settle")
    assert balance(world.project) == Balance(posted=320, pending_out=0, pending_in=0, available=320)
    assert balance(world.team) == Balance(posted=180, pending_out=0, pending_in=0, available=180)
    assert not open_holds(world.project)


def test_a_hold_cannot_promise_what_another_promised(world: World) -> None:
    world.hold(300, "first")
    with pytest.raises(Refused, match="insufficient"):
        world.hold(201, "second")


def test_a_released_hold_is_whole_again(world: World) -> None:
    hold = world.hold(300, "hold")
    actions.release_hold(hold=hold, by=world.officer, now=NOW, key="release", reason="withdrawn")
    assert balance(world.project).available == 500


def test_a_hold_is_resolved_once(world: World) -> None:
    hold = world.hold(300, "hold")
    first = actions.settle_hold(hold=hold, by=world.officer, now=NOW, key="settle")
    assert actions.settle_hold(hold=hold, by=world.officer, now=NOW, key="settle").pk == first.pk
    with pytest.raises(Refused, match="hold_resolved"):
        actions.settle_hold(hold=hold, by=world.officer, now=NOW, key="settle again")
    with pytest.raises(Refused, match="hold_resolved"):
        actions.release_hold(hold=hold, by=world.officer, now=NOW, key="release", reason="")


def test_settling_more_than_held_is_refused(world: World) -> None:
    hold = world.hold(300, "hold")
    with pytest.raises(Refused, match="hold_exceeded"):
        actions.settle_hold(hold=hold, amount=301, by=world.officer, now=NOW, key="settle")


def test_only_a_hold_can_be_settled(world: World) -> None:
    paid = world.pay(world.fund, world.project, 10, "paid")
    with pytest.raises(Refused, match="hold_unknown"):
        actions.settle_hold(hold=paid, by=world.officer, now=NOW, key="settle")


def test_expiry_releases_what_is_due_only(world: World) -> None:
    due = world.hold(100, "due", NOW + timedelta(hours=1))
    later = world.hold(100, "later", NOW + timedelta(days=1))
    assert actions.expire_holds(now=NOW + timedelta(hours=2)) == 1
    assert actions.expire_holds(now=NOW + timedelta(hours=2)) == 0
    assert list(open_holds(world.project)) == [later]
    with pytest.raises(Refused, match="hold_resolved"):
        actions.settle_hold(hold=due, by=None, now=NOW + timedelta(hours=2), key="too late")


def test_an_expired_hold_cannot_be_settled_before_it_is_swept(world: World) -> None:
    hold = world.hold(100, "due", NOW + timedelta(hours=1))
    with pytest.raises(Refused, match="hold_expired"):
        actions.settle_hold(hold=hold, by=None, now=NOW + timedelta(hours=1), key="too late")


def test_a_reversal_brings_it_back_once(world: World) -> None:
    paid = world.pay(world.fund, world.project, 100, "paid")
    back = actions.reverse(transfer=paid, by=world.finance, now=NOW, key="back", reason="wrong project")
    assert (back.debit_id, back.credit_id, back.amount, back.reversal_of_id) == (
        world.project.pk, world.fund.pk, 100, paid.pk,
    )
    assert balance(world.project).posted == 500
    with pytest.raises(Refused, match="already_reversed"):
        actions.reverse(transfer=paid, by=world.finance, now=NOW, key="back again", reason="")


@pytest.mark.parametrize("which", ["hold", "reversal"])
def test_what_moved_nothing_or_is_a_reversal_cannot_be_reversed(world: World, which: str) -> None:
    entry = world.hold(1, "hold") if which == "hold" else actions.reverse(
        transfer=world.pay(world.fund, world.project, 1, "p"), by=None, now=NOW, key="r", reason=""
    )
    with pytest.raises(Refused, match="not_reversible"):
        actions.reverse(transfer=entry, by=None, now=NOW, key="rr", reason="")


def test_a_statement_lists_both_directions_newest_first(world: World) -> None:
    actions.transfer(
        debit=world.project, credit=world.team, amount=7, by=None, now=NOW + timedelta(days=1), key="later"
    )
    assert [row.amount for row in statement(world.project)] == [7, 500]
    assert [row.amount for row in statement(world.project, since=NOW + timedelta(hours=1))] == [7]
    assert [row.amount for row in statement(world.project, until=NOW + timedelta(hours=1))] == [500]


def test_a_batch_is_posted_whole_or_not_at_all(world: World) -> None:
    good = Posting(debit=world.fund, credit=world.project, amount=500, key="a")
    bad = Posting(debit=world.fund, credit=world.other, amount=1, key="b")
    with pytest.raises(Refused, match="insufficient"):
        actions.post_batch([good, bad], by=None, now=NOW)
    assert balance(world.fund).posted == 500


def test_a_batch_counts_what_comes_in_with_it(world: World) -> None:
    actions.post_batch(
        [
            Posting(debit=world.fund, credit=world.other, amount=500, key="in"),
            Posting(debit=world.other, credit=world.team, amount=500, key="out"),
        ],
        by=None, now=NOW,
    )
    assert balance(world.team).posted == 500


def test_a_batch_settles_releases_and_holds(world: World) -> None:
    first, second = world.hold(100, "h1"), world.hold(100, "h2")
    leg = partial(Posting, debit=world.project, credit=world.team)
    actions.post_batch(
        [
            leg(kind=Kind.POST, hold=first, amount=60, key="p"),
            leg(kind=Kind.VOID, hold=second, amount=100, key="v"),
            leg(kind=Kind.PENDING, amount=440, key="h3"),
        ],
        by=None, now=NOW,
    )
    assert balance(world.project) == Balance(posted=440, pending_out=440, pending_in=0, available=0)


def test_a_batch_sent_again_moves_only_what_is_new(world: World) -> None:
    postings = [Posting(debit=world.fund, credit=world.other, amount=10, key=f"k{n}") for n in range(5)]
    first = actions.post_batch(postings[:3], by=None, now=NOW)
    assert actions.post_batch(postings, by=None, now=NOW)[:3] == first
    assert balance(world.other).posted == 50
    with pytest.raises(Refused, match="key_taken"):
        actions.post_batch([Posting(debit=world.fund, credit=world.team, amount=10, key="k0")], by=None, now=NOW)


def test_a_batch_names_each_key_hold_and_reversal_once(world: World) -> None:
    twice = Posting(debit=world.fund, credit=world.other, amount=10, key="k")
    with pytest.raises(Refused, match="batch_repeats"):
        actions.post_batch([twice, twice], by=None, now=NOW)


def test_batch_faults_are_those_of_single_postings(world: World) -> None:
    hold = world.hold(100, "h", NOW + timedelta(hours=1))
    paid = world.pay(world.fund, world.project, 10, "paid")
    actions.reverse(transfer=paid, by=None, now=NOW, key="back", reason="")
    leg = partial(Posting, debit=world.project, credit=world.team)

    def code(posting: Posting, later: int = 0) -> str:
        with pytest.raises(Refused) as refused:
            actions.post_batch([posting], by=None, now=NOW + timedelta(hours=later))
        return refused.value.code

    assert code(leg(kind=Kind.POST, hold=hold, amount=101, key="1")) == "hold_exceeded"
    assert code(leg(kind=Kind.POST, hold=hold, amount=1, key="2"), later=1) == "hold_expired"
    assert code(leg(kind=Kind.POST, hold=paid, amount=1, key="3")) == "hold_unknown"
    assert code(leg(reversal_of=paid, amount=10, key="4")) == "already_reversed"
    actions.release_hold(hold=hold, by=None, now=NOW, key="free", reason="")
    assert code(leg(kind=Kind.POST, hold=hold, amount=1, key="5")) == "hold_resolved"


def test_policies(world: World) -> None:
    def award(amount: int, key: str, policy: policies.Policy, approver: Person | None = None) -> str:
        try:
            actions.transfer(
                debit=world.fund, credit=world.project, amount=amount, by=world.officer, now=NOW, key=key,
                approver=approver, policies=[policy],
            )
        except Refused as refused:
            return refused.code
        return "moved"

    assert award(101, "a", policies.fund_cap(600)) == "fund_cap"  # 500 are out already
    assert award(100, "b", policies.fund_cap(600)) == "moved"
    assert award(100, "b", policies.fund_cap(600)) == "moved"  # again, nothing moves
    assert award(51, "c", policies.award_cap(50)) == "award_cap"
    assert award(50, "d", policies.two_persons(over=50)) == "moved"
    assert award(51, "e", policies.two_persons(over=50)) == "approval_needed"
    assert award(51, "e", policies.two_persons(over=50), world.officer) == "self_approval"
    assert award(51, "e", policies.two_persons(over=50), world.finance) == "moved"
    assert award(1, "f", policies.no_self_approval, world.officer) == "self_approval"


def test_what_was_returned_counts_for_the_fund_cap_again(world: World) -> None:
    awarded = Transfer.objects.get(idempotency_key="award")
    actions.reverse(transfer=awarded, by=None, now=NOW, key="back", reason="")
    actions.transfer(
        debit=world.fund, credit=world.other, amount=500, by=None, now=NOW, key="k", policies=[policies.fund_cap(500)]
    )


def test_accounts_are_found_again_and_keep_their_make(world: World) -> None:
    again = actions.ensure_account(commodity="CNY", code="team:1", title=Text(zh="别名"), kind="payee")
    assert again.pk == world.team.pk
    with pytest.raises(Refused, match="account_differs"):
        actions.ensure_account(commodity="CNY", code="team:1", title=Text(), kind="payee", may_overdraw=True)
    with pytest.raises(Refused, match="commodity_unknown"):
        actions.ensure_account(commodity="SHELLS", code="x", title=Text(), kind="payee")
    with pytest.raises(Refused, match="commodity_differs"):
        actions.ensure_commodity("CNY", 4)


@pytest.mark.parametrize("statement", [
    "UPDATE ledger_transfer SET amount = 1",
    "DELETE FROM ledger_transfer",
    "UPDATE ledger_account SET may_overdraw = true",
    "DELETE FROM ledger_account",
    "UPDATE ledger_commodity SET scale = 0",
])
def test_the_database_keeps_rows_as_they_are(world: World, statement: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("change", "constraint"), [
    ({"amount": 0}, "transfer_moves_something"),
    ({"credit_id": "debit_id"}, "transfer_moves_something"),
    ({"kind": "'post'"}, "transfer_shape"),
    ({"kind": "'gift'"}, "transfer_shape"),
    ({"held": 5}, "transfer_shape"),
    ({"expires_at": "now()"}, "transfer_shape"),
    ({"idempotency_key": "idempotency_key"}, "transfer_key_once"),
    ({"commodity_id": 999}, "does not hold its commodity"),
    ({"debit_id": 999}, "does not hold its commodity"),
    ({"actor_id": 999_999}, "actor is nobody"),
])
def test_the_database_refuses_malformed_rows(world: World, change: dict[str, object], constraint: str) -> None:
    values = {str(field.column): f'"{field.column}"' for field in Transfer._meta.concrete_fields}
    values |= {"id": "id + 64", "idempotency_key": "'new'"} | {key: str(value) for key, value in change.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO ledger_transfer ({', '.join(values)}) SELECT {', '.join(values.values())}"
            " FROM ledger_transfer WHERE idempotency_key = 'award'"
        )


def test_the_database_refuses_an_overdraft(world: World) -> None:
    with pytest.raises(IntegrityError, match="account_no_overdraft"), transaction.atomic():
        Account.objects.filter(pk=world.fund.pk).update(debits_posted=1_001)
    with pytest.raises(IntegrityError, match="account_not_negative"), transaction.atomic():
        Account.objects.filter(pk=world.fund.pk).update(debits_pending=-1)
