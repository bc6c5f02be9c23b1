"""Commodities and accounts: made once, found again by their code."""

from __future__ import annotations

from typing import TypeVar

from django.db import IntegrityError, transaction

from heitu.engines.ledger.enums import AccountKind
from heitu.engines.ledger.models import Account, Commodity
from heitu.ground.audit import chain
from heitu.ground.core.errors import refuse
from heitu.ground.core.statements import Reading
from heitu.ground.core.text import Text

# Decimal places of what Heitu counts; by the part of the code before ":" (the class of device comes after it).
SCALES = {"CNY": 2, "NPU_S": 0, "GPU_S": 0, "CPU_S": 0, "SEAT": 0, "EXPERT_S": 0, "BYTE_S": 0, "VOUCHER_MIN": 0}

Row = TypeVar("Row", Commodity, Account)
_accounts = Reading(Account, "commodity", by="code")
_commodities = Reading(Commodity, by="code")


def ensure_commodity(code: str, scale: int) -> Commodity:
    """The commodity `code`, made if new. Raises Refused `commodity_differs` when it has another scale."""
    found = _commodities.find(code) or _make(Commodity(code=code, scale=scale))
    if found.scale != scale:
        raise refuse(
            "commodity_differs", f"“{code}”已按 {found.scale} 位小数登记。",
            f"“{code}” is already counted with {found.scale} decimals.", scale=found.scale,
        )
    return found


def ensure_account(
    *, commodity: str | Commodity, code: str, title: Text, kind: AccountKind | str, may_overdraw: bool = False,
    owner: str = "",
) -> Account:
    """The account `code`, made if new; an existing one keeps its title.

    `commodity` may be the code of a known one (SCALES). Raises Refused `commodity_unknown`, or `account_differs` when
    the account was made with another commodity, kind, owner or overdraft rule.
    """
    found = _accounts.find(code)
    if found is None:
        counted = commodity if isinstance(commodity, Commodity) else _commodity(commodity)
        found = _make(
            Account(commodity=counted, code=code, title=title, kind=kind, may_overdraw=may_overdraw, owner=owner)
        )
    as_made = (found.commodity.code, found.kind, found.may_overdraw, found.owner)
    if as_made != (str(commodity), str(AccountKind(kind).value), may_overdraw, owner):
        raise refuse(
            "account_differs", f"账户“{code}”已存在，但属性不同。",
            f"The account “{code}” exists and is of another make.",
        )
    return found


def _commodity(code: str) -> Commodity:
    scale = SCALES.get(code.partition(":")[0])
    found = _commodities.find(code)
    if found is None and scale is None:
        raise refuse("commodity_unknown", f"没有计量单位“{code}”。", f"There is no commodity “{code}”.")
    return found or ensure_commodity(code, scale or 0)


def _make(row: Row) -> Row:
    """Insert; when somebody else inserted the same code meanwhile, theirs."""
    try:
        with transaction.atomic():
            chain.append(row)
            return row
    except IntegrityError:
        return type(row)._default_manager.get(code=row.code)
