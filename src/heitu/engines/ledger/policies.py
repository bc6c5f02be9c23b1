"""Rules about money that a programme sets; checked when a transfer is asked for, not by the schema."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import Sum

from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.posting import Posting
from heitu.ground.core.errors import refuse
from heitu.ground.people.models import Person

Policy = Callable[[Posting, Person | None], None]


def fund_cap(limit: int) -> Policy:
    """All that ever leaves the debit account, holds included and returns taken off, stays within `limit` units.

    Raises Refused `fund_cap`. Call it under the account's lock (`actions` does), so that two awards can't both fit.
    """
    def check(posting: Posting, by: Person | None) -> None:
        fund = Account.objects.get(pk=posting.debit.pk)
        given = fund.debits_posted + fund.debits_pending - _returned(fund)
        if given + posting.amount > limit:
            raise refuse(
                "fund_cap", "超出基金总额上限。", "This would go over the fund's cap.",
                field="amount", limit=limit, left=max(limit - given, 0),
            )

    return check


def award_cap(limit: int) -> Policy:
    """One transfer moves at most `limit` units. Raises Refused `award_cap`."""
    def check(posting: Posting, by: Person | None) -> None:
        if posting.amount > limit:
            raise refuse(
                "award_cap", "超出单项资助上限。", "This is over the cap for one award.", field="amount", limit=limit
            )

    return check


def two_persons(over: int) -> Policy:
    """Above `over` units somebody must approve, and it can't be the person who acts.

    Raises Refused `approval_needed` or `self_approval`.
    """
    def check(posting: Posting, by: Person | None) -> None:
        if posting.amount > over and posting.approver is None:
            raise refuse(
                "approval_needed", "超过限额，须由另一人审批。",
                "Above the threshold a second person has to approve.", over=over,
            )
        no_self_approval(posting, by)

    return check


def no_self_approval(posting: Posting, by: Person | None) -> None:
    """Who acts doesn't approve, at any amount. Raises Refused `self_approval`."""
    if by is not None and posting.approver is not None and posting.approver.pk == by.pk:
        raise refuse("self_approval", "不能审批自己发起的付款。", "You can't approve your own payment.")


def _returned(fund: Account) -> int:
    """What reversals brought back into the fund."""
    back = Transfer.objects.filter(credit=fund, reversal_of__isnull=False).aggregate(units=Sum("amount"))
    return int(back["units"] or 0)
