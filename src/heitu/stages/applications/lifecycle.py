"""What definitions may say about applications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from heitu.engines.lifecycle.enums import MachineName
from heitu.engines.lifecycle.models import Case, Reminder
from heitu.engines.lifecycle.queries import programme_of
from heitu.engines.lifecycle.registry import (
    Context,
    belonging,
    date_source,
    effect,
    guard,
    on_moved,
    on_reminder,
    role,
)
from heitu.ground.core.statements import Reading
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.stages.applications import actions, queries, rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.sights import also_loaded
from heitu.stages.calls.queries import call_of, why_not_open
from heitu.stages.calls.turns import is_told, people_of, remind_turn, tell_turn


@belonging
def with_application(case: Case) -> None:
    """The application, its call and team, and what later stages load along, all in one query."""
    if case.machine == MachineName.CASE:
        found = _reading().find(case.pk)
        if found is not None:  # a case is a moment older than its application
            case.application = found


@cache
def _reading() -> Reading[Application]:
    """Made at first use, when every stage has said what it loads along."""
    return Reading(Application, "call", "team", *also_loaded(), by="case")


@role("lead", title=Text(zh="团队负责人", en="Team lead"))
def lead(case: Case, person: Person) -> bool:
    application = _of(case)
    return application is not None and rules.is_lead(person, application)


@role("member", title=Text(zh="团队成员", en="Team member"))
def member(case: Case, person: Person) -> bool:
    application = _of(case)
    return application is not None and rules.is_member(person, application)


@people_of("lead")
def lead_of(case: Case) -> Iterable[Person]:
    application = _of(case)
    return [place.person for place in application.team_now if place.is_lead] if application else []


@people_of("member")
def members_of(case: Case) -> Iterable[Person]:
    application = _of(case)
    return [place.person for place in application.team_now] if application else []


@date_source("case.objection_ends", title=Text(zh="异议期结束", en="The time to object is over"))
def objection_ends(case: Case) -> datetime:
    """As many days after the decision as the programme's rules give."""
    return case.entered_at + timedelta(days=programme_of(case).rules.objection_days)


@guard("call_open", title=Text(zh="任务正在接受申报", en="The call takes claims"))
def call_open(context: Context) -> Text | None:
    return why_not_open(_application(context).call, context.now)


@guard("answers_complete", title=Text(zh="申报书已填完整", en="The application is complete"))
def answers_complete(context: Context) -> Text | None:
    count = len(queries.problems(_application(context)))
    if count == 0:
        return None
    return Text(zh=f"申报书还有 {count} 处要补充。", en=f"Still missing in the application: {count} answer(s).")


@guard("may_claim_more", title=Text(zh="团队在研数未到上限", en="The team may claim more"))
def may_claim_more(context: Context) -> Text | None:
    return queries.why_not_more(_application(context).team, context.programme)


@guard("seat_unclaimed", title=Text(zh="任务未被独占", en="Nobody holds the call"))
def seat_unclaimed(context: Context) -> Text | None:
    application = _application(context)
    return queries.why_not_seat(application.call, context.programme, application.team)


@guard("no_open_cases", title=Text(zh="没有在办的申报", en="No application is under way"))
def no_open_cases(context: Context) -> Text | None:
    call = call_of(context.case)
    count = queries.live(call).count() if call else 0
    if count == 0:
        return None
    return Text(zh=f"还有 {count} 项申报没有办结。", en=f"{count} application(s) are still under way.")


@effect("mark_submitted", title=Text(zh="记录提交时间", en="Note when it was submitted"))
def mark_submitted(context: Context) -> None:
    actions.mark_submitted(application=_application(context), by=context.by, now=context.now)


@on_moved
def tell_of_application(context: Context) -> None:
    if context.case.machine == MachineName.CASE and is_told(context):
        application = _application(context)
        tell_turn(context, subject=_subject(application), url=application.get_absolute_url(), on_close="member")


@on_reminder
def remind_of_application(case: Case, reminder: Reminder) -> None:
    application = _of(case)
    if application is not None:
        remind_turn(case, reminder, subject=_subject(application), url=application.get_absolute_url())


def _subject(application: Application) -> Text:
    """Names the call, never the team: reviewers read it too."""
    call = application.call
    return Text(zh=f"{call.number} {call.title.in_('zh')}", en=f"{call.number} {call.title.in_('en')}")


def _of(case: Case) -> Application | None:
    return getattr(case, "application", None)


def _application(context: Context) -> Application:
    application: Application = context.case.application
    return application
