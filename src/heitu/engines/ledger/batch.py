"""Many postings as one: a call's whole settlement, a night's usage. All or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction

from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.posting import FIELDS, STREAM, Posting, already_posted, check, refusal, seal
from heitu.ground.audit import chain
from heitu.ground.audit.models import ChainHead
from heitu.ground.core.errors import refuse
from heitu.ground.people.models import Person

_COLUMNS = ", ".join(FIELDS)
_NO_CHANGE = (0, 0, 0, 0)


def post_all(postings: Sequence[Posting], *, by: Person | None, now: datetime) -> list[int]:
    """Post all that aren't posted yet, and answer the transfers' ids in the order asked.

    An account that may not be overdrawn must have enough for the batch as a whole.
    Raises Refused as `posting.post` does, and `batch_repeats`.
    """
    for posting in postings:
        check(posting)
    _check_distinct(postings)
    try:
        with transaction.atomic():
            return _post_all(postings, by=by, now=now)
    except IntegrityError:  # somebody used one of the keys between our look and our insert; now we can see it
        with transaction.atomic():
            return _post_all(postings, by=by, now=now)


def _post_all(postings: Sequence[Posting], *, by: Person | None, now: datetime) -> list[int]:
    head = chain.claim(STREAM)
    accounts = _lock_accounts(postings)
    known = already_posted(postings)
    ids = {key: transfer.pk for key, transfer in known.items()}
    rest = [posting for posting in postings if posting.key not in known]
    if rest:
        _check_holds(rest, now)
        _check_reversals(rest)
        changes = _changes(rest)
        _check_balances(accounts, changes)
        rows = seal(rest, head, by=by, now=now)
        _copy(rows)
        _apply(changes)
        _move_head(head.after(rows[-1][1], len(rows)))
        ids |= {posting.key: row[0] for posting, row in zip(rest, rows, strict=True)}
    return [ids[posting.key] for posting in postings]


def _lock_accounts(postings: Sequence[Posting]) -> list[Account]:
    """In ascending id, like ledger_post, so that nobody waits in a circle."""
    ids = {posting.debit.pk for posting in postings} | {posting.credit.pk for posting in postings}
    return list(Account.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))


def _check_distinct(postings: Sequence[Posting]) -> None:
    """Within one batch a key, a hold and a reversed transfer may come once each."""
    holds = [posting.hold.pk for posting in postings if posting.hold]
    reversals = [posting.reversal_of.pk for posting in postings if posting.reversal_of]
    keys = [posting.key for posting in postings]
    if any(len(set(each)) < len(each) for each in (keys, holds, reversals)):
        raise refuse(
            "batch_repeats", "同一批次中有重复的幂等键、预留或冲正。",
            "The batch names a key, a hold or a reversed transfer twice.",
        )


def _check_holds(postings: Sequence[Posting], now: datetime) -> None:
    asked = [posting for posting in postings if posting.hold]
    if not asked:
        return
    ids = [posting.hold.pk for posting in asked if posting.hold]
    stored = Transfer.objects.filter(kind=Kind.PENDING).in_bulk(ids)
    resolved = set(Transfer.objects.filter(pending__in=ids).values_list("pending", flat=True))
    for posting, id in zip(asked, ids, strict=True):
        fault = _hold_fault(posting, stored.get(id), id in resolved, now)
        if fault:
            raise refusal(fault, id, asked=posting.amount)


def _hold_fault(posting: Posting, stored: Transfer | None, resolved: bool, now: datetime) -> str | None:
    """The same answers in the same order as ledger_hold_fault gives."""
    given = posting.hold
    if stored is None or given is None or (stored.debit_id, stored.credit_id, stored.amount) != (
        posting.debit.pk, posting.credit.pk, given.amount
    ):
        return "unknown"
    if resolved:
        return "resolved"
    if posting.kind == Kind.POST and stored.expires_at is not None and stored.expires_at <= now:
        return "expired"
    return "exceeded" if posting.amount > stored.amount else None


def _check_reversals(postings: Sequence[Posting]) -> None:
    ids = [posting.reversal_of.pk for posting in postings if posting.reversal_of]
    taken = Transfer.objects.filter(reversal_of__in=ids).values_list("reversal_of", flat=True).first() if ids else None
    if taken is not None:
        raise refusal("reversed", taken, asked=0)


def _changes(postings: Sequence[Posting]) -> dict[int, tuple[int, int, int, int]]:
    """By account: what to add to debits_pending, debits_posted, credits_pending, credits_posted."""
    out_reserved, out_moved, in_reserved, in_moved = Counter[int](), Counter[int](), Counter[int](), Counter[int]()
    for posting in postings:
        debit, credit, amount = posting.debit.pk, posting.credit.pk, posting.amount
        reserved = (amount if posting.kind == Kind.PENDING else 0) - (posting.hold.amount if posting.hold else 0)
        moved = amount if posting.kind in (Kind.SINGLE, Kind.POST) else 0
        out_reserved[debit] += reserved
        out_moved[debit] += moved
        in_reserved[credit] += reserved
        in_moved[credit] += moved
    touched = out_moved.keys() | in_moved.keys()
    return {id: (out_reserved[id], out_moved[id], in_reserved[id], in_moved[id]) for id in touched}


def _check_balances(accounts: Sequence[Account], changes: Mapping[int, tuple[int, int, int, int]]) -> None:
    for account in accounts:
        out_reserved, out_moved, _, in_moved = changes.get(account.pk, _NO_CHANGE)
        available = account.credits_posted - account.debits_posted - account.debits_pending
        if not account.may_overdraw and available + in_moved - out_moved - out_reserved < 0:
            raise refusal("short", account.pk, asked=out_moved + out_reserved)


def _copy(rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY {STREAM} ({_COLUMNS}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _apply(changes: Mapping[int, tuple[int, int, int, int]]) -> None:
    rows = [(id, *change) for id, change in sorted(changes.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE ledger_account a SET
                debits_pending = debits_pending + c.out_reserved, debits_posted = debits_posted + c.out_moved,
                credits_pending = credits_pending + c.in_reserved, credits_posted = credits_posted + c.in_moved
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
                AS c(id, out_reserved, out_moved, in_reserved, in_moved)
            WHERE a.id = c.id
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )


def _move_head(head: chain.Head) -> None:
    ChainHead.objects.filter(pk=head.id).update(number=head.number, tip=head.tip, seal=chain.seal_head(head))
    chain.remember(head)
