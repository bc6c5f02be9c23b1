"""What definitions may say about deliverables."""

from __future__ import annotations

from heitu.engines.lifecycle.registry import Context, effect, guard
from heitu.ground.core.text import Text
from heitu.stages.applications.models import Application
from heitu.stages.deliverables import actions, doubts, queries


@guard("something_delivered", title=Text(zh="已有交付物", en="Something was delivered"))
def something_delivered(context: Context) -> Text | None:
    if context.case.application.deliverables.filter(state=context.state).exists():
        return None
    return Text(zh="还没有提交任何版本。", en="No version has been handed in yet.")


@guard("verdict_accepted", title=Text(zh="有通过评测的版本", en="A version passed the judge"))
def verdict_accepted(context: Context) -> Text | None:
    """Where the call names no task, people judge: then it is enough that something was delivered."""
    application = context.case.application
    if not application.call.task:
        return something_delivered(context)
    if queries.has_passed(application):
        return None
    if application.deliverables.filter(judging__in=["queued", "running"]).exists():
        return Text(zh="评测还没有结束。", en="The judge hasn't finished.")
    return Text(zh="还没有通过评测的版本。", en="No version has passed the judge yet.")


@guard("wins_race", title=Text(zh="符合胜出规则", en="Wins by the call's rule"))
def wins_race(context: Context) -> Text | None:
    """Nothing about its verdict is in doubt. First past the post: nobody was accepted before. Best of: also ranked first,
    with no rival still at work, or waiting for the judge."""
    rule, application = context.programme.rules.winner, context.case.application
    if in_doubt := _in_doubt(application):
        return in_doubt
    if rule == "each":
        return None
    if queries.already_won(application):
        return Text(zh="本任务已有其他团队胜出。", en="Another team has won this call.")
    if rule == "first_past_the_post":
        return None
    if queries.rivals_at_work(application, now=context.now).exists():
        return Text(zh="择优任务：还有团队在期限内攻关。", en="Best of all: another team is still at work before its deadline.")
    if queries.is_rival_being_judged(application):
        return Text(zh="择优任务：另一团队的版本还在评测。", en="Best of all: another team's version is still being judged.")
    rank = queries.rank_of(application)
    if rank is not None and rank > 1:
        return Text(zh=f"择优任务：该队目前排名第 {rank}。", en=f"Best of all: this team is ranked {rank}.")
    if queries.could_be_outranked(application):
        return Text(
            zh="择优任务：另一团队有更好的版本待核，请先作出决定。",
            en="Best of all: a better version of another team is in doubt; decide about it first.",
        )
    return None


def _in_doubt(application: Application) -> Text | None:
    won = queries.winning(application)
    return doubts.why_not_payable(won.verdict) if won and hasattr(won, "verdict") else None


@effect("publish_result", title=Text(zh="公开成果", en="Publish the result"))
def publish_result(context: Context) -> None:
    actions.publish(application=context.case.application, by=context.by, now=context.now)


@effect("conclude_race", title=Text(zh="通知落选团队", en="End the race"))
def conclude_race(context: Context) -> None:
    actions.conclude_race(application=context.case.application, programme=context.programme, now=context.now)
