"""Writing calls, announcing them, and the money into and out of their pots."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from heitu.engines.ledger import actions as ledger
from heitu.engines.ledger.models import Account, Transfer
from heitu.engines.lifecycle.actions import lock, open_case
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import DefinitionVersion
from heitu.engines.lifecycle.pins import programme_in, programme_of
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.money import format_yuan
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Institution, Person
from heitu.stages.calls import queries
from heitu.stages.calls.models import Call, CallSequence
from heitu.stages.calls.rules import can_post_for
from heitu.stages.calls.terms import Terms, check


@atomic
def create_call(
    *, definition: DefinitionVersion, terms: Terms, owner: Person, institution: Institution,
    by: Person | None, now: datetime, key: str | None = None,
) -> Call:
    """Draft a call under a programme, with the next number of the year; the same one again for the same `key`.

    Raises Refused `not_task_owner`, or what `check` raises.
    """
    programme = programme_in(definition)
    _require_owner(owner, institution)
    check(terms, programme)
    sequence = _sequence(now)  # which lets one through at a time
    made = Call.objects.filter(form_key=key).first() if key else None
    if made is not None:
        return made
    call = Call.objects.create(
        case=open_case(machine=MachineName.CALL, definition=definition, by=by, now=now), number=_next(sequence),
        form_key=key, programme=programme.programme, kind=programme.kind, owner=owner, institution=institution,
        **_columns(terms),
    )
    record(action="call.created", by=by, now=now, subject=call, detail={"number": call.number})
    return call


@atomic
def edit_call(
    *, call: Call, terms: Terms, institution: Institution, owner: Person, by: Person | None, now: datetime
) -> Call:
    """Change the terms of a draft. Raises Refused `call_not_draft`, `not_task_owner`, or what `check` raises."""
    call.case = lock(call.case_id)
    programme = programme_of(call.case)
    if call.case.state != programme.machine("call").start:
        raise refuse(
            "call_not_draft", "任务已提交审核，不能再修改；需要修改时请运营退回。",
            "The call was sent for approval and can't be changed; ask an officer to send it back.",
        )
    _require_owner(owner, institution)
    check(terms, programme)
    columns = {"institution": institution, "owner": owner, **_columns(terms)}
    for name, value in columns.items():
        setattr(call, name, value)
    call.save(update_fields=list(columns))
    record(action="call.edited", by=by, now=now, subject=call)
    return call


@atomic
def hand_over(*, call: Call, owner: Person, by: Person, now: datetime) -> None:
    """Somebody else of the institution answers for the call from now on, whatever its state: owners leave.

    Raises Refused `not_task_owner`.
    """
    _require_owner(owner, call.institution)
    before, call.owner = call.owner, owner
    call.save(update_fields=["owner"])
    record(action="call.handed_over", by=by, now=now, subject=call, detail={"from": before.pk, "to": owner.pk})
    notify(
        people=[owner], kind="call_handed_over", url=call.get_absolute_url(), now=now,
        title=Text(zh=f"任务移交给您：{call.title.zh or call.title.en}", en=f"A call is yours now: {call.title.en or call.title.zh}"),
    )


def next_number(*, now: datetime) -> str:
    """ZZ-2026-0417: the year where the office is, then a count without gaps; concurrent callers wait for each other."""
    return _next(_sequence(now))


def _sequence(now: datetime) -> CallSequence:
    """Of this year, locked until the transaction ends."""
    year = now.astimezone(ZoneInfo(settings.TIME_ZONE)).year
    return CallSequence.objects.select_for_update().get_or_create(year=year)[0]


def _next(sequence: CallSequence) -> str:
    sequence.last += 1
    sequence.save(update_fields=["last"])
    return f"ZZ-{sequence.year}-{sequence.last:04d}"


@atomic
def announce(*, call: Call, by: Person | None, now: datetime) -> None:
    """From now on everybody sees the call."""
    call.announced_at = now
    call.save(update_fields=["announced_at"])
    record(action="call.announced", by=by, now=now, subject=call)


@atomic
def fund_call(*, call: Call, programme: Programme, by: Person | None, now: datetime) -> Transfer | None:
    """Set the prizes of all seats aside in the call's pot; nothing where there is no prize.

    Raises Refused `insufficient` when the fund can't, and `no_fund` when the programme has none.
    """
    if call.budget == 0:
        return None
    if programme.fund is None:
        raise refuse("no_fund", "本计划没有基金。", "This programme has no fund.")
    transfer = ledger.transfer(
        debit=queries.fund_account(programme.fund), credit=queries.pot_of(call), amount=call.budget, by=by, now=now,
        key=f"call:{call.pk}:fund:{call.case.moves}", reason="call", source=call.account_code,
    )
    record(action="call.funded", by=by, now=now, subject=call, detail={"fen": call.budget})
    return transfer


@atomic
def return_pot(*, call: Call, programme: Programme, by: Person | None, now: datetime) -> Transfer | None:
    """Give what the call's awards didn't take back to the fund; nothing where nothing is left."""
    left = queries.held_for(call)
    if left == 0 or programme.fund is None:
        return None
    transfer = ledger.transfer(
        debit=queries.pot_of(call), credit=queries.fund_account(programme.fund), amount=left, by=by, now=now,
        key=f"call:{call.pk}:return:{call.case.moves}", reason="return", source=call.account_code,
    )
    record(action="call.pot_returned", by=by, now=now, subject=call, detail={"fen": left})
    return transfer


@atomic
def endow_fund(*, programme: Programme, amount: int, by: Person | None, now: datetime, key: str) -> Transfer:
    """Book `amount` fen from the sponsor into the programme's fund, up to the fund's cap over its whole life.

    The same key again answers the first transfer. Raises Refused `no_fund` or `fund_over_cap`.
    """
    if programme.fund is None:
        raise refuse("no_fund", "本计划没有基金。", "This programme has no fund.")
    fund = Account.objects.select_for_update(no_key=True).get(pk=queries.fund_account(programme.fund).pk)
    room = programme.fund.cap - queries.endowed(fund)
    is_new = not Transfer.objects.filter(idempotency_key=key).exists()
    if is_new and amount > room:
        raise refuse(
            "fund_over_cap", f"超过基金总额：最多还可注入 ¥ {format_yuan(room)}。",
            f"That is over the fund's cap: at most ¥ {format_yuan(room)} more.", field="amount", limit=room,
        )
    transfer = ledger.transfer(
        debit=queries.source_account(), credit=fund, amount=amount, by=by, now=now, key=key, reason="endowment",
        source=fund.code,
    )
    if is_new:
        record(action="fund.endowed", by=by, now=now, subject=fund, detail={"fen": amount})
    return transfer


def _require_owner(owner: Person, institution: Institution) -> None:
    if not can_post_for(owner, institution.pk):
        raise refuse(
            "not_task_owner", f"{owner.name} 不是该机构的出题人。",
            f"{owner.name} is no task owner at this institution.", field="institution",
        )


def _columns(terms: Terms) -> dict[str, Any]:
    return asdict(terms) | {
        "title": terms.title, "summary": terms.summary, "statement": terms.statement, "skills": list(terms.skills)
    }
