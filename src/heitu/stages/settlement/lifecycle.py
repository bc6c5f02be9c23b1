"""What definitions may say about payment."""

from __future__ import annotations

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.registry import Context, effect, guard
from heitu.ground.core.errors import refuse
from heitu.ground.core.money import parse_yuan
from heitu.ground.core.text import Text
from heitu.stages.settlement import actions, queries
from heitu.stages.settlement.models import Payout
from heitu.stages.settlement.rules import why_not_approve
from heitu.stages.work.queries import open_milestone


@guard("not_own_money", title=Text(zh="与付款无利害关系", en="Independent of the payment"))
def not_own_money(context: Context) -> Text | None:
    if context.by is None:
        return None
    payout = _payout(context)
    reason = why_not_approve(payout, context.by)
    if reason is None and payout.approvals.filter(person=context.by).exists():
        return Text(zh="您已批准，需另一位财务人员复核。", en="You have approved this; a second person must as well.")
    return reason


@guard("approvals_complete", title=Text(zh="审批人数已够", en="Enough approvals"))
def approvals_complete(context: Context) -> Text | None:
    payout = _payout(context)
    missing = payout.approvals_needed - payout.approvals.count()
    if missing <= 0:
        return None
    return Text(zh=f"还差 {missing} 人批准。", en=f"{missing} more approval(s) needed.")


@effect("propose_payout", title=Text(zh="提请付款", en="Ask for payment"))
def propose_payout(context: Context) -> None:
    """The whole of what the milestone holds, or the part that the mover named as `earned` (yuan)."""
    milestone = open_milestone(context.case.application)
    if milestone is None or context.by is None:
        raise refuse("no_milestone", "没有进行中的里程碑。", "No milestone is running.")
    amount = milestone.amount
    if "earned" in context.data:
        amount = parse_yuan(str(context.data["earned"]), field="earned", most=milestone.amount)
    actions.propose(
        milestone=milestone, amount=amount, two_person_over=context.programme.rules.two_person_over,
        by=context.by, now=context.now,
    )


@effect("approve_payout", title=Text(zh="批准付款", en="Approve the payment"))
def approve_payout(context: Context) -> None:
    """Record the approval; the last one needed makes the system pay."""
    assert context.by is not None  # only finance officers are offered this event
    if actions.approve(payout=_payout(context), by=context.by, now=context.now):
        move(case=context.case, event="pay", by=None, now=context.now)


@effect("pay_milestone", title=Text(zh="支付里程碑款", en="Pay the milestone"), money="pay")
def pay_milestone(context: Context) -> None:
    actions.pay(payout=_payout(context), by=context.by, now=context.now)


@effect("cancel_payout", title=Text(zh="退回付款申请", en="Send the payment back"))
def cancel_payout(context: Context) -> None:
    actions.cancel(payout=_payout(context), by=context.by, now=context.now)


def _payout(context: Context) -> Payout:
    payout = queries.proposed(context.case.application)
    if payout is None:
        raise refuse("no_payout", "没有待审批的付款。", "No payment waits for approval.")
    return payout
