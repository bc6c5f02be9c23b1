"""One measurement of our ledger: `python -m bench.ledger_heitu WORK COUNT` prints a number."""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime
from typing import Any

BATCH = 10_000
NOW = datetime(2026, 9, 1, tzinfo=UTC)


def prepare(count: int) -> float:
    from django.core.management import call_command

    from heitu.engines.ledger.actions import ensure_account
    from heitu.ground.core.text import Text
    from heitu.ground.people.models import Person

    call_command("migrate", verbosity=0)
    Person.objects.create_user("officer@example.org", name="officer", joined_at=NOW)
    for number in range(50):
        ensure_account(commodity="CNY", code=f"source:{number}", title=Text(), kind="source", may_overdraw=True)
        ensure_account(commodity="CNY", code=f"team:{number}", title=Text(), kind="payee")
    return 0


def singly(count: int) -> float:
    """Transfers a second, each its own commit."""
    from heitu.engines.ledger.actions import transfer

    postings, by = _postings(count + 200), _officer()
    for posting in postings[:200]:
        transfer(**posting, by=by, now=NOW)
    started = time.perf_counter()
    for posting in postings[200:]:
        transfer(**posting, by=by, now=NOW)
    return count / (time.perf_counter() - started)


def batch(count: int) -> float:
    """Transfers a second in batches of 10,000."""
    from heitu.engines.ledger.actions import Posting, post_batch

    by, spent = _officer(), 0.0
    for _ in range(count // BATCH):
        postings = [Posting(**posting) for posting in _postings(BATCH)]
        started = time.perf_counter()
        post_batch(postings, by=by, now=NOW)
        spent += time.perf_counter() - started
    return count / spent


def balance(count: int) -> float:
    """Milliseconds for the balance of an account with `count` transfers; median of 200."""
    from heitu.engines.ledger.actions import Posting, ensure_account, post_batch
    from heitu.engines.ledger.queries import balance as ask
    from heitu.ground.core.text import Text

    busy = ensure_account(commodity="CNY", code="team:busy", title=Text(), kind="payee")
    for _ in range(count // BATCH):
        post_batch([Posting(**(p | {"credit": busy})) for p in _postings(BATCH)], by=None, now=NOW)
    times = []
    for _ in range(200):
        started = time.perf_counter()
        ask(busy)
        times.append(time.perf_counter() - started)
    return sorted(times)[100] * 1000


def audit(count: int) -> float:
    """Seconds for `heitu audit` once there are `count` transfers."""
    from heitu.engines.ledger.actions import Posting, post_batch
    from heitu.engines.ledger.models import Transfer
    from heitu.site.commands.audit import audit as command

    missing = max(count - Transfer.objects.count(), 0)
    for start in range(0, missing, BATCH):
        postings = _postings(min(BATCH, missing - start))
        post_batch([Posting(**posting) for posting in postings], by=None, now=NOW)
    started = time.perf_counter()
    command(["--json"], standalone_mode=False)
    return time.perf_counter() - started


def _postings(count: int) -> list[dict[str, Any]]:
    from heitu.engines.ledger.models import Account

    sources = list(Account.objects.filter(code__startswith="source:").order_by("id"))
    teams = list(Account.objects.filter(code__startswith="team:").exclude(code="team:busy").order_by("id"))
    batch = time.time_ns()
    return [
        {
            "debit": sources[n % 50], "credit": teams[n * 7 % 50], "amount": 100 + n % 1000, "key": f"{batch}:{n}",
            "reason": "prize", "source": "call:12",
        }
        for n in range(count)
    ]


def _officer() -> Any:
    from heitu.ground.people.models import Person

    return Person.objects.get(email="officer@example.org")


if __name__ == "__main__":
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
    django.setup()
    print({work.__name__: work for work in (prepare, singly, batch, balance, audit)}[sys.argv[1]](int(sys.argv[2])))
