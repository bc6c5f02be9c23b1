"""Real threads on real connections: retries, races for the last fen, and opposite directions."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

import pytest
from django.conf import settings
from django.db import connection, transaction

from heitu.engines.ledger import actions, checking, policies
from heitu.engines.ledger.actions import Posting
from heitu.engines.ledger.models import Transfer
from heitu.engines.ledger.queries import balance
from heitu.ground.audit.checking import check_chain
from heitu.ground.core.errors import Refused
from tests.unit.ledger.conftest import NOW, World, make_world

THREADS = 6

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def shared(transactional_db: None) -> Iterator[World]:
    world = make_world()
    world.pay(world.source, world.fund, 1_000, "start")
    yield world
    assert check_chain(Transfer).fault is None
    assert checking.first_fault() is None


def at_once(*works: Callable[[], object]) -> Counter[str]:
    """Run all at the same moment, each on a connection of its own; count how they ended."""
    gate, ends = threading.Barrier(len(works)), Counter[str]()

    def run(work: Callable[[], object]) -> None:
        gate.wait()
        try:
            work()
            ends["done"] += 1
        except Refused as refused:
            ends[refused.code] += 1
        except Exception as error:
            ends[repr(error)] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return ends


def test_the_same_key_at_once_moves_once(shared: World) -> None:
    ends = at_once(*[lambda: shared.pay(shared.fund, shared.project, 100, "k")] * THREADS)
    assert ends == {"done": THREADS}
    assert balance(shared.project).posted == 100


def test_the_same_key_between_other_accounts_at_once_is_refused(shared: World) -> None:
    ends = at_once(
        lambda: shared.pay(shared.source, shared.project, 100, "k"),
        lambda: shared.pay(shared.fund, shared.other, 100, "k"),
    )
    assert ends == {"done": 1, "key_taken": 1}


def test_the_same_batch_at_once_moves_once(shared: World) -> None:
    postings = [Posting(debit=shared.fund, credit=shared.project, amount=1, key=f"k{n}") for n in range(200)]
    ends = at_once(*[lambda: actions.post_batch(postings, by=None, now=NOW)] * 4)
    assert ends == {"done": 4}
    assert balance(shared.project).posted == 200


def test_the_last_fen_is_spent_once(shared: World) -> None:
    ends = at_once(*[
        partial(shared.pay, shared.fund, shared.project, 300, f"k{n}") for n in range(THREADS)
    ])
    assert ends == {"done": 3, "insufficient": THREADS - 3}


def test_opposite_directions_do_not_block_each_other_for_ever(shared: World) -> None:
    shared.pay(shared.fund, shared.project, 500, "half")

    def back_and_forth(name: str, forth: bool) -> None:
        for n in range(30):
            pair = (shared.fund, shared.project) if (n % 2 == 0) == forth else (shared.project, shared.fund)
            shared.pay(*pair, 5, f"{name}-{n}")

    ends = at_once(*[partial(back_and_forth, str(n), n % 2 == 0) for n in range(4)])
    assert ends == {"done": 4}
    assert balance(shared.fund).posted == 500


def test_a_hold_is_settled_or_released_never_both(shared: World) -> None:
    shared.pay(shared.fund, shared.project, 500, "award")
    hold = shared.hold(400, "hold")
    ends = at_once(
        lambda: actions.settle_hold(hold=hold, amount=150, by=None, now=NOW, key="s1"),
        lambda: actions.settle_hold(hold=hold, by=None, now=NOW, key="s2"),
        lambda: actions.release_hold(hold=hold, by=None, now=NOW, key="r", reason=""),
    )
    assert ends == {"done": 1, "hold_resolved": 2}


def test_the_fund_cap_holds_against_racers(shared: World) -> None:
    def award(n: int) -> Transfer:
        return actions.transfer(
            debit=shared.fund, credit=shared.project, amount=100, by=None, now=NOW, key=f"k{n}",
            policies=[policies.fund_cap(250)],
        )

    ends = at_once(*[partial(award, n) for n in range(THREADS)])
    assert ends == {"done": 2, "fund_cap": THREADS - 2}


def test_a_transaction_that_stays_open_blocks_only_its_own_accounts(shared: World) -> None:
    moved, others_done = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            shared.pay(shared.fund, shared.project, 1, "slow")
            moved.set()
            assert others_done.wait(20)

    def quick() -> None:
        assert moved.wait(20)
        for n in range(100):
            shared.pay(shared.source, shared.other, 1, f"quick-{n}")
        others_done.set()

    assert at_once(slow, quick) == {"done": 2}


@pytest.fixture(autouse=True)
def _forget_marks() -> Iterator[None]:
    yield
    for file in (settings.HOME / "marks").glob("*.json"):
        file.unlink()
