"""What definitions may say about work."""

from __future__ import annotations

from datetime import datetime, timedelta

from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.registry import Context, date_source, effect, guard
from heitu.ground.core.text import Text
from heitu.stages.awards.models import Award
from heitu.stages.work import actions, queries


@date_source("call.delivery_due", title=Text(zh="交付期限", en="Delivery is due"))
def delivery_due(case: Case) -> datetime | None:
    """The call's delivery days counted from the day on which the team accepted its award."""
    application = getattr(case, "application", None)
    award: Award | None = getattr(application, "award", None)
    if application is None or award is None or award.accepted_at is None:
        return None
    return award.accepted_at + timedelta(days=application.call.delivery_days)


@guard("extension_asked", title=Text(zh="有待答复的延期申请", en="An extension was asked for"))
def extension_asked(context: Context) -> Text | None:
    if queries.waiting_extension(context.case.application):
        return None
    return Text(zh="没有待答复的延期申请。", en="Nobody has asked for an extension.")


@guard("no_extension_asked", title=Text(zh="没有待答复的延期申请", en="No extension waits for an answer"))
def no_extension_asked(context: Context) -> Text | None:
    if not queries.waiting_extension(context.case.application):
        return None
    return Text(zh="上一份延期申请还在等答复。", en="Your last request for more time still waits for an answer.")


@effect("start_milestone", title=Text(zh="预留里程碑经费", en="Reserve the milestone's money"), money="hold")
def start_milestone(context: Context) -> None:
    actions.start_milestone(
        award=context.case.application.award, programme=context.programme, state=context.target,
        by=context.by, now=context.now,
    )


@effect("end_award", title=Text(zh="释放预留并退回余款", en="Release what is held and return the rest"), money="release")
def end_award(context: Context) -> None:
    actions.end_award(award=context.case.application.award, by=context.by, now=context.now)


@effect("record_extension", title=Text(zh="登记延期申请", en="Record the request for more time"))
def record_extension(context: Context) -> None:
    assert context.by is not None  # the definition lets only a person ask
    actions.ask_extension(
        application=context.case.application, days=int(context.data.get("days", 0)), reason=context.reason,
        by=context.by, now=context.now,
    )


@effect("extend_deadline", title=Text(zh="延长期限", en="Move the deadline"))
def extend_deadline(context: Context) -> None:
    """Grant the open request, or, where the mover names the days, move the deadline by those."""
    application, given = context.case.application, context.data.get("days")
    days = None if given is None else int(given)
    answered = actions.answer_extension(
        application=application, granted=True, days=days, by=context.by, now=context.now
    )
    if answered is None and days is not None:
        actions.extend(case=context.case, days=days, by=context.by, now=context.now)


@effect("refuse_extension", title=Text(zh="拒绝延期", en="Refuse more time"))
def refuse_extension(context: Context) -> None:
    actions.answer_extension(application=context.case.application, granted=False, by=context.by, now=context.now)
