"""Whether a programme is sound in itself: every name that it uses inside exists, every step has what it needs."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from heitu.engines.lifecycle import schemas
from heitu.engines.lifecycle.definitions import SYSTEM, Machine, Path, Programme, State
from heitu.engines.lifecycle.faults import Fault, listed, nearest
from heitu.ground.core.text import Text

Found = tuple[Path, Text, str]


def faults_in(programme: Programme) -> list[Fault]:
    """All faults that need no knowledge from outside the file."""
    found = [*_rules(programme), *_rubric(programme), *_forms(programme)]
    for name, machine in programme.machines.items():
        found += _machine(programme, name, machine)
    return placed(programme, found)


def placed(programme: Programme, found: list[Found]) -> list[Fault]:
    return [Fault(*programme.place(path), message, suggestion) for path, message, suggestion in found]


def _rules(programme: Programme) -> Iterator[Found]:
    rules, fund = programme.rules, programme.fund
    if rules.claiming == "exclusive" and rules.seats != 1:
        yield ("rules", "seats"), Text(zh="独占揭榜只能有 1 个名额", en="exclusive claiming has exactly 1 seat"), "1"
    if fund and rules.award_cap is not None and rules.award_cap > fund.cap:
        yield ("rules", "award_cap"), Text(zh="单项上限超过基金总额", en="the award cap is over the fund's cap"), ""


def _rubric(programme: Programme) -> Iterator[Found]:
    seen: set[str] = set()
    for index, criterion in enumerate(programme.rubric):
        if criterion.id in seen:
            zh, en = f"“{criterion.id}”写了两次", f"“{criterion.id}” is here twice"
            yield ("rubric", index, "id"), Text(zh=zh, en=en), ""
        seen.add(criterion.id)


def _forms(programme: Programme) -> Iterator[Found]:
    for name, schema in programme.forms.items():
        for path, message, suggestion in schemas.faults_in(schema):
            yield ("forms", name, *path), message, suggestion


def _machine(programme: Programme, name: str, machine: Machine) -> Iterator[Found]:
    here: Path = ("machines", name)
    if machine.start not in machine.states:
        yield (*here, "start"), *unknown("状态", "state", machine.start, machine.states)
    for state_name, state in machine.states.items():
        path = (*here, "states", state_name)
        yield from _step(name, state, path)
        yield from _deadline(state, path)
        yield from _events(programme, machine, state, path)
        if state.form and state.form not in programme.forms:
            yield (*path, "form"), *unknown("表单", "form", state.form, programme.forms)


def _step(machine: str, state: State, path: Path) -> Iterator[Found]:
    """What each step of the vocabulary needs and what it can't have."""
    pays = state.step == "milestone" and machine == "case"
    for key, needed, allowed in (
        ("outcome", state.step == "close", state.step == "close"),
        ("share", pays, pays),
        ("judged", False, pays),
        ("owner", state.step != "close", state.step != "close"),
        ("deadline", False, state.step != "close"),
        ("on", state.step != "close", state.step != "close"),
    ):
        given = bool(getattr(state, key))
        if needed and not given:
            zh, en = f"步骤 {state.step} 必须写 {key}", f"step {state.step} needs “{key}”"
            yield path, Text(zh=zh, en=en), ""
        elif given and not allowed:
            zh, en = f"步骤 {state.step} 不能有 {key}", f"step {state.step} can't have “{key}” here"
            yield (*path, key), Text(zh=zh, en=en), ""


def _deadline(state: State, path: Path) -> Iterator[Found]:
    deadline = state.deadline
    if deadline is None:
        return
    here = (*path, "deadline")
    if (deadline.after is None) == (deadline.at is None):
        yield here, Text(zh="期限要写 after 或 at 其中一个", en="a deadline has either “after” or “at”"), ""
    for index, before in enumerate(deadline.remind):
        if deadline.after is not None and before >= deadline.after:
            yield (*here, "remind", index), Text(zh="提醒早于期限开始", en="the reminder is before the time starts"), ""
    yield from _clock_event(state, deadline.event, (*here, "event"), path)


def _clock_event(state: State, name: str, here: Path, path: Path) -> Iterator[Found]:
    """The clock must be able to make the deadline's event, and it must lead away, or it would be due for ever."""
    event = state.on.get(name)
    if event is None:
        yield here, *unknown("事件", "event", name, state.on)
        return
    if SYSTEM not in event.by:
        zh, en = f"“{name}”由时钟触发，by 须含 system", f"the clock makes “{name}”, so its “by” needs system"
        yield (*path, "on", name, "by"), Text(zh=zh, en=en), SYSTEM
    if event.reason == "required" or event.form:
        zh, en = f"时钟给不出“{name}”的理由或表单", f"the clock can't give the reason or form that “{name}” asks for"
        yield (*path, "on", name), Text(zh=zh, en=en), ""
    if event.to == path[-1]:
        zh, en = f"到期后的“{name}”必须离开此状态", f"“{name}” must leave the state when the time is up"
        yield (*path, "on", name, "to"), Text(zh=zh, en=en), ""


def _events(programme: Programme, machine: Machine, state: State, path: Path) -> Iterator[Found]:
    for name, event in state.on.items():
        here = (*path, "on", name)
        if event.to not in machine.states:
            yield (*here, "to"), *unknown("状态", "state", event.to, machine.states)
        if event.form and event.form not in programme.forms:
            yield (*here, "form"), *unknown("表单", "form", event.form, programme.forms)
        if event.title is None and set(event.by) != {SYSTEM}:
            zh, en = f"人要做的“{name}”必须有 title", f"“{name}” is made by people, so it needs a title"
            yield here, Text(zh=zh, en=en), ""


def unknown(zh: str, en: str, word: str, words: Collection[str]) -> tuple[Text, str]:
    """The message for a word that isn't known, with the ones that are, and the nearest of them."""
    known = listed(words)
    message = Text(zh=f"没有{zh}“{word}”，可用：{known}", en=f"there is no {en} “{word}”, only: {known}")
    return message, nearest(word, words)
