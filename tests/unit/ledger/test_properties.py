"""Any sequence of postings, partial posts, releases, expiries, reversals and retries keeps the books in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from heitu.engines.ledger import actions, checking
from heitu.engines.ledger.actions import Posting
from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.queries import Balance, balance
from heitu.ground.audit.checking import check_chain
from heitu.ground.core.errors import Refused
from tests.unit.ledger.conftest import NOW, World, make_world

SIDES = st.sampled_from(["source", "fund", "project", "other", "team"])
AMOUNTS = st.integers(1, 300)


class Books(RuleBasedStateMachine):
    """Does everything twice: with the ledger, and with two dictionaries that can't be wrong in the same way."""

    holds = Bundle("holds")
    moves = Bundle("moves")

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.world: World = make_world()
        self.now, self.count = NOW, 0
        self.posted: dict[int, int] = defaultdict(int)
        self.reserved: dict[int, int] = defaultdict(int)
        self.promised: dict[int, int] = defaultdict(int)
        self.open: dict[int, Transfer] = {}
        self.reversed: set[int] = set()
        self.calls: list[tuple[Callable[[], Transfer], int]] = []

    def teardown(self) -> None:
        try:
            assert check_chain(Transfer).fault is None
            assert check_chain(Account).fault is None
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    @rule(debit=SIDES, credit=SIDES, amount=AMOUNTS, target=moves)
    def pay(self, debit: str, credit: str, amount: int) -> object:
        out, into, key, now = self.side(debit), self.side(credit), self.key(), self.now

        def call() -> Transfer:
            return actions.transfer(debit=out, credit=into, amount=amount, by=None, now=now, key=key)

        if out == into or not self.can_spend(out, amount):
            return self.refused(call)
        self.move(out.pk, into.pk, amount)
        return self.did(call)

    @rule(amount=AMOUNTS, hours=st.none() | st.integers(1, 5), target=holds)
    def hold(self, amount: int, hours: int | None) -> object:
        out, into, key, now = self.world.project, self.world.team, self.key(), self.now
        expires_at = now + timedelta(hours=hours) if hours else None

        def call() -> Transfer:
            return actions.hold(
                debit=out, credit=into, amount=amount, by=None, now=now, key=key, expires_at=expires_at
            )

        if not self.can_spend(out, amount):
            return self.refused(call)
        hold = self.did(call)
        self.reserve(hold, amount)
        return hold

    @rule(hold=holds, amount=AMOUNTS, target=moves)
    def settle(self, hold: Transfer, amount: int) -> object:
        key, now = self.key(), self.now

        def call() -> Transfer:
            return actions.settle_hold(hold=hold, amount=amount, by=None, now=now, key=key)

        expired = hold.expires_at is not None and hold.expires_at <= now
        if hold.pk not in self.open or expired or amount > hold.amount:
            return self.refused(call)
        self.free(hold)
        self.move(hold.debit_id, hold.credit_id, amount)
        return self.did(call)

    @rule(hold=consumes(holds))
    def release(self, hold: Transfer) -> None:
        key, now = self.key(), self.now

        def call() -> Transfer:
            return actions.release_hold(hold=hold, by=None, now=now, key=key, reason="")

        if hold.pk not in self.open:
            self.refused(call)
            return
        self.free(hold)
        self.did(call)

    @rule(hours=st.integers(0, 4))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)
        due = [hold for hold in self.open.values() if hold.expires_at and hold.expires_at <= self.now]
        assert actions.expire_holds(now=self.now) == len(due)
        for hold in due:
            self.free(hold)

    @rule(move=moves)
    def reverse(self, move: Transfer) -> None:
        key, now = self.key(), self.now

        def call() -> Transfer:
            return actions.reverse(transfer=move, by=None, now=now, key=key, reason="")

        receiver = Account.objects.get(pk=move.credit_id)
        if move.pk in self.reversed or not self.can_spend(receiver, move.amount):
            self.refused(call)
            return
        self.reversed.add(move.pk)
        self.move(move.credit_id, move.debit_id, move.amount)
        self.did(call)

    @rule(legs=st.lists(st.tuples(SIDES, SIDES, AMOUNTS), min_size=1, max_size=5), hold=holds)
    def batch(self, legs: list[tuple[str, str, int]], hold: Transfer) -> None:
        postings = [
            Posting(debit=self.side(out), credit=self.side(into), amount=amount, key=self.key())
            for out, into, amount in legs if out != into
        ]
        if hold.pk in self.open:
            postings.append(Posting(
                debit=self.world.project, credit=self.world.team, amount=hold.amount, key=self.key(), kind=Kind.VOID,
                hold=hold,
            ))
        net: dict[int, int] = defaultdict(int)
        for posting in postings:
            net[posting.debit.pk] -= posting.amount if posting.kind == Kind.SINGLE else -hold.amount
            net[posting.credit.pk] += posting.amount if posting.kind == Kind.SINGLE else 0
        enough = all(self.available(account) + net[account.pk] >= 0 for account in self.bounded())
        if not enough:
            with pytest.raises(Refused, match="insufficient"):
                actions.post_batch(postings, by=None, now=self.now)
            return
        actions.post_batch(postings, by=None, now=self.now)
        for posting in postings:
            if posting.hold:
                self.free(posting.hold)
            else:
                self.move(posting.debit.pk, posting.credit.pk, posting.amount)

    @rule(data=st.data())
    def retry(self, data: st.DataObject) -> None:
        if self.calls:
            call, first = data.draw(st.sampled_from(self.calls))
            assert call().pk == first

    @invariant()
    def balances_agree(self) -> None:
        for account in self.accounts():
            posted, out = self.posted[account.pk], self.reserved[account.pk]
            assert balance(account) == Balance(posted, out, self.promised[account.pk], posted - out)

    @invariant()
    def books_agree(self) -> None:
        assert checking.first_fault() is None

    def did(self, call: Callable[[], Transfer]) -> Transfer:
        transfer = call()
        self.calls.append((call, transfer.pk))
        return transfer

    def refused(self, call: Callable[[], Transfer]) -> object:
        with pytest.raises(Refused):
            call()
        return multiple()

    def move(self, out: int, into: int, amount: int) -> None:
        self.posted[out] -= amount
        self.posted[into] += amount

    def reserve(self, hold: Transfer, amount: int) -> None:
        self.open[hold.pk] = hold
        self.reserved[hold.debit_id] += amount
        self.promised[hold.credit_id] += amount

    def free(self, hold: Transfer) -> None:
        del self.open[hold.pk]
        self.reserved[hold.debit_id] -= hold.amount
        self.promised[hold.credit_id] -= hold.amount

    def can_spend(self, account: Account, amount: int) -> bool:
        return account.may_overdraw or self.available(account) >= amount

    def available(self, account: Account) -> int:
        return self.posted[account.pk] - self.reserved[account.pk]

    def accounts(self) -> list[Account]:
        return [self.side(name) for name in ("source", "fund", "project", "other", "team")]

    def bounded(self) -> list[Account]:
        return [account for account in self.accounts() if not account.may_overdraw]

    def side(self, name: str) -> Account:
        account: Account = getattr(self.world, name)
        return account

    def key(self) -> str:
        self.count += 1
        return f"key-{self.count}"


@pytest.mark.django_db
def test_books() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
