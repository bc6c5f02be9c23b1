"""What each step of a case asks of whoever acts there, in a sentence."""

from __future__ import annotations

from heitu.engines.lifecycle.definitions import State
from heitu.ground.core.text import Text

_STEPS = {
    "submit": Text(zh="写好申报书，在截止之前提交。", en="Write the application and submit it before the date."),
    "screen": Text(
        zh="检查申报是否符合要求，通过或退回。", en="Check that the application is in order; pass it or send it back."
    ),
    "review": Text(zh="专家独立评审，评审够数后作出决定。", en="Experts review independently; a decision follows."),
    "panel": Text(zh="复议申诉，维持或改判。", en="Look at the case again: uphold the decision, or overturn it."),
    "decide": Text(zh="看过材料后作出决定。", en="Look at what is there, then decide."),
    "accept_award": Text(zh="确认是否接受立项。", en="Say whether the team accepts the award."),
    "milestone": Text(zh="完成这一里程碑并交付。", en="Do the work of this milestone and hand it in."),
    "settle": Text(zh="核对验收结果后批准支付。", en="Check the acceptance, then approve the payment."),
    "publish": Text(zh="成果已验收，发布后即可结项。", en="The work is accepted; publish it to close the case."),
}
_LEAD_DECIDES = Text(
    zh="可以接受结果，或在期限之内申诉。", en="You can accept the decision, or appeal before the time is up."
)


def sentence_for(state: State) -> Text:
    """Empty for closed cases."""
    if state.step == "decide" and state.owner == "lead":
        return _LEAD_DECIDES
    return _STEPS.get(state.step, Text())
