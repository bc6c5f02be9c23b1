"""The same measurements of django-hordak, through its own `transfer_to` and `get_balance`."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

LEGS_PER_TRANSACTION = 100


def prepare(count: int) -> float:
    from django.core.management import call_command
    from hordak.models import Account

    call_command("migrate", verbosity=0)
    for number in range(50):
        Account.objects.create(name=f"source {number}", code=f"s{number}", type="IN", currencies=["CNY"])
        Account.objects.create(name=f"team {number}", code=f"t{number}", type="AS", currencies=["CNY"])
    return 0


def singly(count: int) -> float:
    _transfer(50)
    started = time.perf_counter()
    _transfer(count)
    return count / (time.perf_counter() - started)


def batch(count: int) -> float:
    """Transfers a second, a thousand in one transaction."""
    from django.db import transaction

    started = time.perf_counter()
    for _ in range(count // 1000):
        with transaction.atomic():
            _transfer(1000)
    return count / (time.perf_counter() - started)


def balance(count: int) -> float:
    """Milliseconds for the balance of an account with `count` legs; median of 20."""
    from hordak.models import Account, Leg, Transaction
    from moneyed import Money

    source = Account.objects.get(full_code="s0")
    busy = Account.objects.create(name="busy", code="busy", type="AS", currencies=["CNY"])
    one = Money(1, "CNY")
    for _ in range(count // LEGS_PER_TRANSACTION):
        entry = Transaction.objects.create()
        legs = [Leg(transaction=entry, account=busy, debit=one) for _ in range(LEGS_PER_TRANSACTION)]
        Leg.objects.bulk_create([*legs, Leg(transaction=entry, account=source, credit=one * LEGS_PER_TRANSACTION)])
    times = []
    for _ in range(20):
        started = time.perf_counter()
        busy.get_balance()
        times.append(time.perf_counter() - started)
    return sorted(times)[10] * 1000


def _transfer(count: int) -> None:
    from moneyed import Money

    sources, teams = _accounts("s"), _accounts("t")
    for n in range(count):
        sources[n % 50].transfer_to(teams[n * 7 % 50], Money(1 + n % 10, "CNY"))


def _accounts(letter: str) -> list[Any]:
    from hordak.models import Account

    return list(Account.objects.filter(full_code__startswith=letter).order_by("id")[:50])


if __name__ == "__main__":
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.hordak_settings"
    django.setup()
    print({work.__name__: work for work in (prepare, singly, batch, balance)}[sys.argv[1]](int(sys.argv[2])))
