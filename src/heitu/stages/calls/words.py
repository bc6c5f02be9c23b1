"""What each step of a call asks of whoever acts there, in a sentence."""

from __future__ import annotations

from heitu.engines.lifecycle.definitions import State
from heitu.ground.core.text import Text

_STEPS = {
    ("submit", "owner"): Text(
        zh="写好任务书、奖金与日期，然后提交审核。",
        en="Write the statement, the prize and the dates, then send it for approval.",
    ),
    ("submit", "lead"): Text(
        zh="任务正在接受申报，到截止时间自动关闭。",
        en="The call takes claims and closes by itself when the time is up.",
    ),
    ("screen", "officer"): Text(
        zh="核对任务、日期与经费，发布或退回。",
        en="Check the task, the dates and the money, then publish it or send it back.",
    ),
    ("milestone", "officer"): Text(
        zh="各队正在攻关，全部办结之后结题。", en="Teams are at work; conclude the call once all of them are done."
    ),
}


def sentence_for(state: State) -> Text:
    """Empty for steps that need no words."""
    return _STEPS.get((state.step, state.owner or ""), Text())
