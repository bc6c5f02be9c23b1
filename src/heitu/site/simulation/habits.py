"""How simulated people behave: which move they choose, how long they take. Works for any definition.

Nothing here names a programme. A move is chosen by its event's weight: the usual words of definitions have weights
of their own, any other event is weighed by its tone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from random import Random

from heitu.engines.lifecycle.definitions import SYSTEM, Event, State

BY_EVENT = {
    "withdraw": 1, "send_back": 5, "refuse": 4, "decline": 22, "appeal": 30, "let_stand": 70, "overturn": 25,
    "uphold": 75, "refuse_award": 3, "terminate": 1, "ask_extension": 8, "accept_part": 9, "request_changes": 8,
    "reject": 4, "fail": 6, "discard": 2, "cancel": 0, "conclude": 100, "close": 0, "invite_more": 30,
}
BY_TONE = {"primary": 80, "plain": 5, "danger": 2}
TERMINATE_WHEN_OVERDUE = 40  # an officer who must choose between going on and ending often ends
LATE = 0.05  # share of steps with a deadline that nobody acts on in time

DAYS_BY_STEP = {
    "submit": (1, 8), "screen": (1, 5), "review": (3, 10), "panel": (2, 9), "decide": (1, 7), "accept_award": (1, 5),
    "milestone": (12, 28), "settle": (1, 4), "publish": (1, 10), "close": (1, 1),
}


def delay(state: State, rng: Random) -> timedelta:
    """How long somebody takes over a step: uniform between the step's bounds, to the minute."""
    low, high = DAYS_BY_STEP[state.step]
    return timedelta(minutes=rng.randint(low * 1440, high * 1440))


def choose(state: State, refused: Sequence[str], rng: Random) -> str | None:
    """The name of the event that people make next, or None when only the clock can go on.

    `refused` are the events that a guard has just kept back.
    """
    weights = {
        name: weight(name, event, state) for name, event in state.on.items()
        if set(event.by) != {SYSTEM} and name not in refused
    }
    if not any(weights.values()):
        return None
    return rng.choices(list(weights), list(weights.values()))[0]


def weight(name: str, event: Event, state: State) -> int:
    if name == "terminate" and state.step == "decide" and "resume" in state.on:
        return TERMINATE_WHEN_OVERDUE
    return BY_EVENT.get(name, BY_TONE[event.tone])


_WORDS = (
    "先用朴素实现打通正确性，再按行分块并把归约改为两级树形，最后合并逐元素运算，减少一次访存。",
    "以参考实现逐例对照，先保证精度，再测量瓶颈，按瓶颈逐项优化，每一步都记录前后数据。",
    "团队完成过同类任务，代码与测试已公开；本次沿用同一套基准方法，每周同步一次进展。",
    "第一周复现基线，第二至四周优化，第五周补齐边界用例与文档，第六周提交并答疑。",
)
_REASONS = (
    "材料不完整，请补充测量数据。", "与现有任务重复，建议合并。", "团队近期任务较多，时间无法保证。",
    "精度达标但性能余量不足。", "情况属实，予以支持。", "已与各方沟通一致。",
)


def reason(rng: Random) -> str:
    return rng.choice(_REASONS)


def fill(schema: Mapping[str, object], rng: Random) -> dict[str, object]:
    """Answers that fit a JSON Schema of an object: every required property, and most optional ones."""
    properties = schema.get("properties")
    required = schema.get("required")
    assert isinstance(properties, Mapping)
    wanted = set(required) if isinstance(required, list | tuple) else set()
    return {
        name: _value(part, rng) for name, part in properties.items() if name in wanted or rng.random() < 0.7
    }


def _value(part: Mapping[str, object], rng: Random) -> object:
    if "const" in part:
        return part["const"]
    if isinstance(part.get("enum"), list | tuple):
        return rng.choice(list(part["enum"]))  # type: ignore[call-overload]
    match part.get("type"):
        case "integer" | "number":
            low, high = int(str(part.get("minimum", 0))), int(str(part.get("maximum", 10)))
            return rng.randint(max(low, 1), min(high, 30))
        case "boolean":
            return rng.random() < 0.5
        case "array":
            return []
    if part.get("format") == "uri":
        return f"https://code.example/{rng.randrange(10**6)}"
    return "".join(rng.sample(_WORDS, 2))
