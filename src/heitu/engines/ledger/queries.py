"""What accounts hold and how it came about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.ground.core.statements import Reading

_reading = Reading(Account, by="code")


@dataclass(frozen=True, slots=True)
class Balance:
    """Smallest units. `available` is what can still be spent or held: posted less what is promised away."""

    posted: int
    pending_out: int
    pending_in: int
    available: int


def balance(account: Account) -> Balance:
    """One row read, however many transfers there are; fresh from the database."""
    row = Account.objects.values_list("debits_pending", "debits_posted", "credits_pending", "credits_posted")
    return _held(*row.get(pk=account.pk))


def balance_at(code: str) -> Balance | None:
    """The balance of the account `code`, None where there is no such account yet."""
    found = _reading.find(code)
    return as_read(found) if found else None


def as_read(account: Account) -> Balance:
    """What the account held when it was read from the database."""
    return _held(account.debits_pending, account.debits_posted, account.credits_pending, account.credits_posted)


def _held(debits_pending: int, debits_posted: int, credits_pending: int, credits_posted: int) -> Balance:
    posted = credits_posted - debits_posted
    return Balance(posted, debits_pending, credits_pending, posted - debits_pending)


def find(code: str) -> Account | None:
    return Account.objects.filter(code=code).first()


def statement(account: Account, *, since: datetime | None = None, until: datetime | None = None) -> QuerySet[Transfer]:
    """Every transfer from or to the account with `since` ≤ at < `until`, the newest first."""
    rows = Transfer.objects.filter(Q(debit=account) | Q(credit=account)).select_related("debit", "credit", "actor")
    if since:
        rows = rows.filter(at__gte=since)
    if until:
        rows = rows.filter(at__lt=until)
    return rows.order_by("-at", "-id")


def journal(journal_id: str) -> QuerySet[Transfer]:
    """The transfers that belong together, in the order of time."""
    return Transfer.objects.filter(journal_id=journal_id).select_related("debit", "credit").order_by("at", "id")


def open_holds(account: Account) -> QuerySet[Transfer]:
    """Pending transfers out of the account that nobody settled or released yet, the oldest first."""
    return _open().filter(debit=account).order_by("at", "id")


def due_holds(now: datetime) -> QuerySet[Transfer]:
    """Open holds whose time is over."""
    return _open().filter(expires_at__lte=now).order_by("expires_at", "id")


def is_open(hold: Transfer) -> bool:
    return _open().filter(pk=hold.pk).exists()


def _open() -> QuerySet[Transfer]:
    resolved = Transfer.objects.filter(pending=OuterRef("pk"), kind__in=[Kind.POST, Kind.VOID])
    return Transfer.objects.filter(~Exists(resolved), kind=Kind.PENDING).select_related("debit", "credit")
