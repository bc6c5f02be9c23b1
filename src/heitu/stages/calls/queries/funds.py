"""The ledger accounts behind calls: the sponsor's, the programme's fund, the call's pot."""

from __future__ import annotations

from django.db.models import Q, Sum

from heitu.engines.ledger.accounts import ensure_account
from heitu.engines.ledger.enums import AccountKind, Kind
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.ledger.queries import balance_at
from heitu.engines.lifecycle.definitions import Fund, Programme
from heitu.ground.core.text import Text
from heitu.stages.calls.models import Call

SPONSOR = "source:sponsor"


def source_account() -> Account:
    """Where endowments come from; it may go below zero, for what it lacks is what was ever given."""
    return _account(SPONSOR, AccountKind.SOURCE, Text(zh="赞助方", en="Sponsor"), may_overdraw=True)


def fund_account(fund: Fund) -> Account:
    """The account of a programme's fund, made on first use; programmes that name the same code share it."""
    return _account(fund_code(fund), AccountKind.FUND, fund.title)


def pot_of(call: Call) -> Account:
    """The call's own account: what its awards can be paid from."""
    title = Text(zh=f"任务 {call.number}", en=f"Call {call.number}")
    return _account(call.account_code, AccountKind.POT, title)


def fund_code(fund: Fund) -> str:
    return f"fund:{fund.code}"


def available(programme: Programme) -> int:
    """Fen that the programme's fund can still give; 0 without a fund. Makes no account."""
    held = balance_at(fund_code(programme.fund)) if programme.fund else None
    return held.available if held else 0


def held_for(call: Call) -> int:
    """Fen in the call's pot that no award has taken yet. Makes no account."""
    held = balance_at(call.account_code)
    return held.available if held else 0


def endowed(fund: Account) -> int:
    """Fen that the sponsor has given to the fund, less what was taken back."""
    sponsor = Q(debit__code=SPONSOR, credit=fund), Q(credit__code=SPONSOR, debit=fund)
    given, returned = (
        Transfer.objects.filter(side, kind=Kind.SINGLE).aggregate(fen=Sum("amount"))["fen"] or 0 for side in sponsor
    )
    return int(given) - int(returned)


def _account(code: str, kind: AccountKind, title: Text, *, may_overdraw: bool = False) -> Account:
    return ensure_account(commodity="CNY", code=code, kind=kind, title=title, may_overdraw=may_overdraw)
