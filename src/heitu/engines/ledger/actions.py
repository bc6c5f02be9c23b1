"""Everything that moves, holds, settles, releases or returns. Amounts are whole smallest units (fen, seconds).

Each is one round trip and safe to retry: the same `key` answers the first transfer and moves nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from heitu.engines.ledger import batch, queries
from heitu.engines.ledger.accounts import ensure_account, ensure_commodity
from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.policies import Policy
from heitu.engines.ledger.posting import Posting, already_posted, post
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.people.models import Person

__all__ = [
    "Posting", "convert", "ensure_account", "ensure_commodity", "expire_holds", "hold", "post_batch", "release_hold",
    "reverse", "settle_hold", "transfer",
]


def transfer(
    *, debit: Account, credit: Account, amount: int, by: Person | None, now: datetime, key: str, reason: str = "",
    source: str = "", journal: str = "", period: str = "", approver: Person | None = None,
    policies: Sequence[Policy] = (),
) -> Transfer:
    """Move `amount` from `debit` to `credit` at once. Raises Refused (see `posting.post`), also by a policy."""
    posting = Posting(
        debit=debit, credit=credit, amount=amount, key=key, reason=reason, source=source, journal=journal,
        period=period, approver=approver,
    )
    return _post(posting, policies, by=by, now=now)


def hold(
    *, debit: Account, credit: Account, amount: int, by: Person | None, now: datetime, key: str, reason: str = "",
    source: str = "", journal: str = "", period: str = "", expires_at: datetime | None = None,
    approver: Person | None = None, policies: Sequence[Policy] = (),
) -> Transfer:
    """Reserve `amount` on `debit` for `credit` until it is settled, released or expired."""
    posting = Posting(
        kind=Kind.PENDING, debit=debit, credit=credit, amount=amount, key=key, reason=reason, source=source,
        journal=journal, period=period, expires_at=expires_at, approver=approver,
    )
    return _post(posting, policies, by=by, now=now)


def settle_hold(
    *, hold: Transfer, amount: int | None = None, by: Person | None, now: datetime, key: str, reason: str = "",
    source: str = "", period: str = "", approver: Person | None = None, policies: Sequence[Policy] = (),
) -> Transfer:
    """Move what was reserved, or less: the rest is released. Nothing to move? `release_hold`.

    Raises Refused `hold_resolved`, `hold_expired`, `hold_exceeded`, `hold_unknown`.
    """
    posting = _resolving(
        hold, Kind.POST, hold.amount if amount is None else amount, key=key, reason=reason, source=source,
        period=period, approver=approver,
    )
    return _post(posting, policies, by=by, now=now)


def release_hold(*, hold: Transfer, by: Person | None, now: datetime, key: str, reason: str) -> Transfer:
    """Let a reservation go. Raises Refused `hold_resolved`, `hold_unknown`."""
    return post(_resolving(hold, Kind.VOID, hold.amount, key=key, reason=reason), by=by, now=now)


def reverse(*, transfer: Transfer, by: Person | None, now: datetime, key: str, reason: str) -> Transfer:
    """Move what a single or settled transfer moved back again, once.

    Raises Refused `not_reversible`, `already_reversed`, and `insufficient` when the receiver has spent it.
    """
    if transfer.kind not in (Kind.SINGLE, Kind.POST) or transfer.reversal_of_id is not None:
        raise refuse("not_reversible", "这笔记录不能冲正。", "This entry can't be reversed.")
    debit, credit = _side(transfer.credit_id, transfer), _side(transfer.debit_id, transfer)
    posting = Posting(
        debit=debit, credit=credit, amount=transfer.amount, key=key, reason=reason, reversal_of=transfer,
        source=transfer.source, journal=transfer.journal_id, period=transfer.period,
    )
    return post(posting, by=by, now=now)


def convert(
    *, debit: Account, through: tuple[Account, Account], credit: Account, amount: int, into: int, by: Person | None,
    now: datetime, key: str, reason: str = "", source: str = "",
) -> list[int]:
    """Exchange `amount` of one commodity for `into` of another: a linked pair of transfers, both or neither.

    `through` are the exchange's accounts: the one that takes the first commodity, the one that gives the second.
    Returns both ids.
    """
    taking, giving = through
    legs = [(debit, taking, amount, f"{key}:give"), (giving, credit, into, f"{key}:take")]
    postings = [
        Posting(debit=from_, credit=to, amount=units, key=leg, journal=key, reason=reason, source=source)
        for from_, to, units, leg in legs
    ]
    return batch.post_all(postings, by=by, now=now)


def post_batch(postings: Sequence[Posting], *, by: Person | None, now: datetime) -> list[int]:
    """All postings or none, fast; returns the transfers' ids in the order given (see `batch.post_all`)."""
    return batch.post_all(postings, by=by, now=now)


def expire_holds(*, now: datetime, most: int = 1000) -> int:
    """Release up to `most` holds whose time is over; returns how many. One settled meanwhile is left alone."""
    expired = 0
    for due in queries.due_holds(now)[:most]:
        try:
            release_hold(hold=due, by=None, now=now, key=f"expire:{due.pk}", reason="expired")
            expired += 1
        except Refused as refused:
            if refused.code != "hold_resolved":
                raise
    return expired


def _post(posting: Posting, policies: Sequence[Policy], *, by: Person | None, now: datetime) -> Transfer:
    """With policies: under the accounts' locks, so that what a policy read still holds when the money moves."""
    if not policies:
        return post(posting, by=by, now=now)
    with transaction.atomic():
        sides = Account.objects.select_for_update(no_key=True).filter(pk__in=[posting.debit.pk, posting.credit.pk])
        list(sides.order_by("pk"))
        known = already_posted([posting])
        if known:
            return known[posting.key]
        for policy in policies:
            policy(posting, by)
        return post(posting, by=by, now=now)


def _resolving(
    hold: Transfer, kind: Kind, amount: int, *, key: str, reason: str, source: str = "", period: str = "",
    approver: Person | None = None,
) -> Posting:
    return Posting(
        kind=kind, debit=_side(hold.debit_id, hold), credit=_side(hold.credit_id, hold), amount=amount, key=key,
        hold=hold, reason=reason, source=source or hold.source, journal=hold.journal_id, period=period or hold.period,
        approver=approver,
    )


def _side(account: int, transfer: Transfer) -> Account:
    """An account as far as posting needs it, without asking the database."""
    return Account(id=account, commodity_id=transfer.commodity_id)
