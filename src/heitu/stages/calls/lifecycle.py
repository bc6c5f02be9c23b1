"""What definitions may say about calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import Case, Reminder
from heitu.engines.lifecycle.registry import Context, belonging, date_source, effect, guard, on_moved, on_reminder, role
from heitu.ground.core.money import format_yuan
from heitu.ground.core.statements import Reading
from heitu.ground.core.text import Text
from heitu.ground.people import rules as people
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.ground.people.queries import persons_with_role
from heitu.stages.calls import actions, queries
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import packs
from heitu.stages.calls.rules import acts_as_owner
from heitu.stages.calls.turns import is_told, people_of, remind_turn, tell_turn

_reading = Reading(Call, by="case")


@belonging
def with_call(case: Case) -> None:
    if case.machine == MachineName.CALL:
        found = _reading.find(case.pk)
        if found is not None:  # a case is a moment older than its call
            case.call = found


@role("owner", title=Text(zh="出题人", en="Task owner"))
def owner(case: Case, person: Person) -> bool:
    call = queries.call_of(case)
    return call is not None and acts_as_owner(person, call)


@role("officer", title=Text(zh="运营", en="Programme officer"))
def officer(case: Case, person: Person) -> bool:
    return people.is_officer(person)


@role("finance", title=Text(zh="财务", en="Finance officer"))
def finance(case: Case, person: Person) -> bool:
    return people.is_finance(person)


@people_of("owner")
def owner_of(case: Case) -> Iterable[Person]:
    call = queries.call_of(case)
    return [call.owner] if call else []


@people_of("officer")
def officers(case: Case) -> Iterable[Person]:
    return persons_with_role(Role.OFFICER)


@people_of("finance")
def finance_officers(case: Case) -> Iterable[Person]:
    return persons_with_role(Role.FINANCE)


@date_source("call.closes_at", title=Text(zh="申报截止", en="Claims close"))
def closes_at(case: Case) -> datetime | None:
    call = queries.call_of(case)
    return call.closes_at if call else None


@guard("dates_in_order", title=Text(zh="日期先后正确且未过期", en="The dates are in order and to come"))
def dates_in_order(context: Context) -> Text | None:
    call = _call(context)
    if call.closes_at <= call.opens_at:
        return Text(zh="申报截止须晚于开始。", en="Claims must close after they open.")
    if call.closes_at <= context.now:
        return Text(zh="申报截止日已过，请改期。", en="The date for claims has passed: choose a later one.")
    return None


@guard("task_vetted", title=Text(zh="评测任务可用", en="The task can be judged"))
def task_vetted(context: Context) -> Text | None:
    call = _call(context)
    if not call.task and not packs.is_judged(context.programme):
        return None
    return why_not_judgeable(call)


@guard("task_if_any", title=Text(zh="所选评测任务可用", en="The task, if one is chosen, can be judged"))
def task_if_any(context: Context) -> Text | None:
    call = _call(context)
    return why_not_judgeable(call) if call.task else None


def why_not_judgeable(call: Call) -> Text | None:
    if not call.task:
        return Text(zh="还没有选评测任务。", en="No task has been chosen for the judge.")
    task = packs.task(call.programme, call.task)
    if task is None:
        return Text(zh=f"评测任务“{call.task}”不存在或无法读取。", en=f"There is no readable task “{call.task}”.")
    if task.kind != call.kind:
        return Text(zh=f"评测任务“{call.task}”的类别不符。", en=f"The task “{call.task}” is of another kind.")
    return None


@guard("fund_can_pay", title=Text(zh="基金余额足够", en="The fund can pay"))
def fund_can_pay(context: Context) -> Text | None:
    budget = _call(context).budget
    if budget == 0:
        return None
    if context.programme.fund is None:
        return Text(zh="本计划没有基金，不能设奖金。", en="This programme has no fund, so there can be no prize.")
    left = queries.available(context.programme)
    if left >= budget:
        return None
    return Text(
        zh=f"基金可用 ¥ {format_yuan(left)}，不够本任务所需的 ¥ {format_yuan(budget)}。",
        en=f"The fund has ¥ {format_yuan(left)} available, less than the ¥ {format_yuan(budget)} that the call needs.",
    )


@effect("fund_call", title=Text(zh="从基金划入任务奖池", en="Move the prizes into the call's pot"), money="hold")
def fund_call(context: Context) -> None:
    actions.fund_call(call=_call(context), programme=context.programme, by=context.by, now=context.now)


@effect("return_pot", title=Text(zh="奖池余款退回基金", en="Return the rest of the pot to the fund"), money="release")
def return_pot(context: Context) -> None:
    actions.return_pot(call=_call(context), programme=context.programme, by=context.by, now=context.now)


@effect("announce_call", title=Text(zh="公开任务", en="Announce the call"))
def announce_call(context: Context) -> None:
    actions.announce(call=_call(context), by=context.by, now=context.now)


@on_moved
def tell_of_call(context: Context) -> None:
    if context.case.machine == MachineName.CALL and is_told(context):
        call = _call(context)
        tell_turn(context, subject=_subject(call), url=call.get_absolute_url(), on_close="owner")


@on_reminder
def remind_of_call(case: Case, reminder: Reminder) -> None:
    call = queries.call_of(case) if case.machine == MachineName.CALL else None
    if call is not None:
        remind_turn(case, reminder, subject=_subject(call), url=call.get_absolute_url())


def _subject(call: Call) -> Text:
    return Text(zh=f"{call.number} {call.title.in_('zh')}", en=f"{call.number} {call.title.in_('en')}")


def _call(context: Context) -> Call:
    call: Call = context.case.call
    return call
