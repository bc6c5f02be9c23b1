"""From postings to sealed rows in one round trip; one at a time (many: batch.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models.query import RawQuerySet

from heitu.engines.ledger.enums import Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.ground.audit import chain
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.statements import planned
from heitu.ground.people.models import Person

STREAM = "ledger_transfer"
FIELDS = ("id", "mac", *Transfer.SEALED)
_TRIES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """One movement asked for: `amount` smallest units from `debit` to `credit`.

    `key` is the caller's idempotency key. `hold` is the pending transfer that a post or void resolves.
    """

    debit: Account
    credit: Account
    amount: int
    key: str
    kind: Kind = Kind.SINGLE
    reason: str = ""
    source: str = ""
    journal: str = ""
    period: str = ""
    expires_at: datetime | None = None
    hold: Transfer | None = None
    reversal_of: Transfer | None = None
    approver: Person | None = None


def post(posting: Posting, *, by: Person | None, now: datetime) -> Transfer:
    """Post one; with a key that is known, answer the first transfer and move nothing.

    Raises Refused `amount_not_positive`, `same_account`, `commodity_mismatch`, `insufficient`, `hold_resolved`,
    `hold_expired`, `hold_unknown`, `hold_exceeded`, `already_reversed`, `key_taken`.
    """
    check(posting)
    head = chain.recall(STREAM) or chain.claim(STREAM)
    for _ in range(_TRIES):
        row = seal([posting], head, by=by, now=now)[0]
        outcome, at_fault = _call(head, row)
        if outcome == "done":
            chain.remember(head.after(row[1]))
            return Transfer.from_db(DEFAULT_DB_ALIAS, FIELDS, row)
        if outcome == "known":
            return already_posted([posting])[posting.key]
        if outcome != "stale":
            raise refusal(outcome, at_fault, asked=posting.amount)
        head = chain.claim(STREAM)
    raise RuntimeError(f"no free shard of the ledger's chain in {_TRIES} tries")


def _call(head: chain.Head, row: tuple[Any, ...]) -> tuple[str, int]:
    """Ask the database to post; the answers are listed in sql/post.sql."""
    after = head.after(row[1])
    values = (head.id, head.number, head.tip, after.tip, chain.seal_head(after), row[0], *row[2:])
    with planned() as cursor:
        cursor.execute(_POST, values)
        outcome, at_fault = cursor.fetchone() or ("stale", 0)
    return outcome, at_fault


def seal(
    postings: Sequence[Posting], head: chain.Head, *, by: Person | None, now: datetime
) -> list[tuple[Any, ...]]:
    """The rows behind `head` as they will stand in the table, in the order of `FIELDS`."""
    rows: list[tuple[Any, ...]] = []
    tip, actor = head.tip, by.pk if by else None
    for number, posting in enumerate(postings, head.number + 1):
        hold, reversed_ = posting.hold, posting.reversal_of
        content = (
            posting.kind.value, posting.debit.commodity_id, posting.debit.pk, posting.credit.pk, posting.amount,
            hold.amount if hold else 0, hold.pk if hold else None, reversed_.pk if reversed_ else None,
            posting.journal, posting.key, actor, posting.approver.pk if posting.approver else None,
            posting.reason, posting.source, posting.period, posting.expires_at, now,
        )
        id = chain.row_id(head.shard, number)
        tip = chain.seal_row(STREAM, id, content, tip)
        rows.append((id, tip, *content))
    return rows


def already_posted(postings: Iterable[Posting]) -> dict[str, Transfer]:
    """The first transfers of those keys that are known. Raises Refused `key_taken` when one said something else."""
    asked = {posting.key: posting for posting in postings}
    found = {t.idempotency_key: t for t in _with_keys(list(asked))}
    for key, transfer in found.items():
        if not _is_same(asked[key], transfer):
            raise refuse(
                "key_taken", "同一幂等键已用于另一笔转账。",
                "This idempotency key was used for a different transfer.", key=key, transfer=transfer.pk,
            )
    return found


def _with_keys(keys: list[str]) -> RawQuerySet[Transfer]:
    """One array instead of an IN list: thousands of parameters take longer to write than to find."""
    return Transfer.objects.raw("SELECT * FROM ledger_transfer WHERE idempotency_key = ANY (%s)", [keys])


def _is_same(posting: Posting, transfer: Transfer) -> bool:
    return (
        posting.kind, posting.debit.pk, posting.credit.pk, posting.amount,
        posting.hold.pk if posting.hold else None, posting.reversal_of.pk if posting.reversal_of else None,
    ) == (
        transfer.kind, transfer.debit_id, transfer.credit_id, transfer.amount,
        transfer.pending_id, transfer.reversal_of_id,
    )


def check(posting: Posting) -> None:
    if posting.amount <= 0:
        raise refuse("amount_not_positive", "金额必须大于零。", "The amount must be more than zero.", field="amount")
    if posting.debit.pk == posting.credit.pk:
        raise refuse("same_account", "转出与转入不能是同一账户。", "Both sides are the same account.")
    if posting.debit.commodity_id != posting.credit.commodity_id:
        raise refuse(
            "commodity_mismatch", "两个账户的计量单位不同，不能直接转账。",
            "The two accounts hold different commodities; convert by a linked pair of transfers.",
        )


def refusal(outcome: str, at_fault: int, *, asked: int) -> Refused:
    """The refusal that belongs to an outcome of the database's; `asked` is what should have left the account."""
    if outcome == "short":
        return _short_of(Account.objects.get(pk=at_fault), asked)
    code, zh, en = _REFUSALS[outcome]
    return refuse(code, zh, en, transfer=at_fault)


def _short_of(account: Account, asked: int) -> Refused:
    available = account.credits_posted - account.debits_posted - account.debits_pending
    return refuse(
        "insufficient", f"账户“{account.title.in_('zh') or account.code}”余额不足。",
        f"Not enough available in “{account.title.in_('en') or account.code}”.",
        field="amount", account=account.code, available=available, asked=asked,
    )


_REFUSALS = {
    "resolved": ("hold_resolved", "这笔预留已经入账或释放。", "This hold was settled or released before."),
    "expired": ("hold_expired", "这笔预留已经过期。", "This hold has expired."),
    "unknown": ("hold_unknown", "没有这样一笔预留。", "There is no such hold."),
    "exceeded": ("hold_exceeded", "入账金额超过预留金额。", "That is more than was held."),
    "reversed": ("already_reversed", "这笔转账已经冲正。", "This transfer was reversed before."),
}
_POST = f"SELECT outcome, at_fault FROM ledger_post({', '.join(['%s'] * (len(FIELDS) + 4))})"
