"""What definitions may say about awards."""

from __future__ import annotations

from heitu.engines.lifecycle.registry import Context, effect, guard
from heitu.ground.core.money import format_yuan
from heitu.ground.core.text import Text
from heitu.stages.applications.sights import also_load
from heitu.stages.awards import actions, queries

also_load("award")


@guard("seat_free", title=Text(zh="任务还有名额且经费够", en="The call has a seat and the money left"))
def seat_free(context: Context) -> Text | None:
    call = context.case.application.call
    taken = queries.live(call).count()
    if taken >= call.seats:
        return Text(zh=f"{call.seats} 个名额已满。", en=f"All {call.seats} seats are taken.")
    left = queries.unpromised(call)
    if left < call.prize:
        return Text(
            zh=f"任务经费只剩 ¥ {format_yuan(left)}，不够再立一项（¥ {format_yuan(call.prize)}）。",
            en=f"Only ¥ {format_yuan(left)} is left in the call, too little for another award of ¥ {format_yuan(call.prize)}.",
        )
    return None


@guard("within_award_cap", title=Text(zh="不超过单项上限", en="Within the cap for one award"))
def within_award_cap(context: Context) -> Text | None:
    cap, prize = context.programme.rules.award_cap, context.case.application.call.prize
    if cap is None or prize <= cap:
        return None
    return Text(
        zh=f"奖金 ¥ {format_yuan(prize)} 超过单项上限 ¥ {format_yuan(cap)}。",
        en=f"The prize of ¥ {format_yuan(prize)} is over the cap of ¥ {format_yuan(cap)} for one award.",
    )


@effect("offer_award", title=Text(zh="发出立项通知", en="Offer the award"))
def offer_award(context: Context) -> None:
    actions.offer(application=context.case.application, by=context.by, now=context.now)


@effect("fund_award", title=Text(zh="划拨项目经费", en="Move the award to the project's account"), money="hold")
def fund_award(context: Context) -> None:
    actions.fund(award=context.case.application.award, by=context.by, now=context.now)


@effect("cancel_offer", title=Text(zh="收回立项通知", en="Take the offer back"))
def cancel_offer(context: Context) -> None:
    actions.cancel(award=context.case.application.award, by=context.by, now=context.now)
