"""Whether a programme can be run: known words, a way in and out of every state, and money that always comes home."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal

from heitu.engines.lifecycle import registry, shapes
from heitu.engines.lifecycle.definitions import Event, Machine, Path, Programme
from heitu.engines.lifecycle.faults import Fault, in_order
from heitu.engines.lifecycle.registry import Money
from heitu.engines.lifecycle.shapes import Found, placed, unknown
from heitu.ground.core.text import Text

Purse = Literal["empty", "held", "paid"]  # paid: something was paid, something may still be held
_AFTER: Mapping[Money, Purse] = {"hold": "held", "pay": "paid", "release": "empty"}


def check(programme: Programme, *, skills: Collection[str] | None = None) -> list[Fault]:
    """All faults of `programme` against the words that are registered in this process."""
    money = {name: effect.money for name, effect in registry.effects().items()}
    return faults_of(
        programme, registry.roles(), registry.guards(), money, date_sources=registry.date_sources(), skills=skills
    )


def faults_of(
    programme: Programme,
    roles: Collection[str],
    guards: Collection[str],
    effects: Mapping[str, Money | None],
    *,
    date_sources: Collection[str] = (),
    skills: Collection[str] | None = None,
) -> list[Fault]:
    """All faults: those of `shapes`, unknown words, broken graphs, money left behind, too much shared out.

    `effects` maps each effect to what it does to a hold. `skills` None: skills aren't checked.
    """
    found = list(_unknown_skills(programme, skills))
    for name, machine in programme.machines.items():
        here: Path = ("machines", name)
        found += _unknown_words(machine, here, roles, guards, effects, date_sources)
        found += [*_unreachable(machine, here), *_no_exit(machine, here)]
        found += [*_unreleased(machine, here, effects), *_overshared(machine, here)]
    return in_order([*shapes.faults_in(programme), *placed(programme, found)])


# Words


def _unknown_skills(programme: Programme, skills: Collection[str] | None) -> Iterator[Found]:
    for index, skill in enumerate(programme.skills):
        if skills is not None and skill not in skills:
            yield ("skills", index), *unknown("技能", "skill", skill, skills)


def _unknown_words(
    machine: Machine, here: Path, roles: Collection[str], guards: Collection[str],
    effects: Collection[str], date_sources: Collection[str],
) -> Iterator[Found]:
    for name, state in machine.states.items():
        path = (*here, "states", name)
        if state.owner and state.owner not in roles:
            yield (*path, "owner"), *unknown("角色", "role", state.owner, roles)
        if state.deadline and state.deadline.at and state.deadline.at not in date_sources:
            yield (*path, "deadline", "at"), *unknown("日期来源", "date source", state.deadline.at, date_sources)
        for event_name, event in state.on.items():
            on = (*path, "on", event_name)
            yield from _unknown_in((*on, "by"), "角色", "role", event.by, roles)
            yield from _unknown_in((*on, "guards"), "条件", "guard", event.guards, guards)
            yield from _unknown_in((*on, "effects"), "效果", "effect", event.effects, effects)


def _unknown_in(path: Path, zh: str, en: str, words: Iterable[str], known: Collection[str]) -> Iterator[Found]:
    for index, word in enumerate(words):
        if word not in known:
            yield (*path, index), *unknown(zh, en, word, known)


# The graph


def _unreachable(machine: Machine, here: Path) -> Iterator[Found]:
    if machine.start not in machine.states:
        return
    reached = _closure({machine.start}, {name: _targets(machine, name) for name in machine.states})
    for name in machine.states.keys() - reached:
        zh, en = f"没有任何一步通向“{name}”", f"nothing leads to the state “{name}”"
        yield (*here, "states", name), Text(zh=zh, en=en), ""


def _no_exit(machine: Machine, here: Path) -> Iterator[Found]:
    sources: dict[str, set[str]] = {name: set() for name in machine.states}
    for name in machine.states:
        for target in _targets(machine, name):
            sources[target].add(name)
    ends = {name for name, state in machine.states.items() if state.step == "close"}
    for name in machine.states.keys() - _closure(ends, sources):
        zh, en = f"从“{name}”到不了任何结束状态", f"no way leads from “{name}” to a state of step close"
        yield (*here, "states", name), Text(zh=zh, en=en), ""


def _targets(machine: Machine, name: str) -> set[str]:
    return {event.to for event in machine.states[name].on.values()} & machine.states.keys()


def _closure(start: set[str], steps: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = set(start), deque(start)
    while waiting:
        for name in steps[waiting.popleft()] - seen:
            seen.add(name)
            waiting.append(name)
    return seen


# Money


def _unreleased(machine: Machine, here: Path, effects: Mapping[str, Money | None]) -> Iterator[Found]:
    """Events that close a case while money is still held.

    Walks every (state, purse) that can be reached. A success may end paid, any other outcome must end empty: what was
    paid for one milestone still leaves the rest held.
    """
    waiting: deque[tuple[str, Purse]] = deque([(machine.start, "empty")] if machine.start in machine.states else [])
    seen = set(waiting)
    blamed: set[tuple[str, str]] = set()
    while waiting:
        name, purse = waiting.popleft()
        for event_name, event in machine.states[name].on.items():
            if event.to not in machine.states:
                continue
            after = _purse(purse, event, effects)
            if _left_behind(machine, event, after) and (name, event_name) not in blamed:
                blamed.add((name, event_name))
                yield _blame(machine, (*here, "states", name, "on", event_name), event, effects)
            if (event.to, after) not in seen:
                seen.add((event.to, after))
                waiting.append((event.to, after))


def _purse(purse: Purse, event: Event, effects: Mapping[str, Money | None]) -> Purse:
    """Effects act in order; paying without a hold changes nothing that would have to be released."""
    for money in map(effects.get, event.effects):
        if money and not (money == "pay" and purse == "empty"):
            purse = _AFTER[money]
    return purse


def _left_behind(machine: Machine, event: Event, purse: Purse) -> bool:
    outcome = machine.states[event.to].outcome
    return outcome is not None and (purse == "held" or (purse == "paid" and outcome != "success"))


def _blame(machine: Machine, path: Path, event: Event, effects: Mapping[str, Money | None]) -> Found:
    releases = [name for name, money in effects.items() if money == "release"]
    used = {name for state in machine.states.values() for each in state.on.values() for name in each.effects}
    suggestion = next(iter(sorted(used.intersection(releases)) or sorted(releases)), "")
    zh = f"“{path[-1]}”结束于 {event.to}，但资金仍被占用，缺少释放资金的效果"
    en = f"“{path[-1]}” ends in {event.to} while money is still held: no effect on the way releases it"
    return (*path, "effects") if event.effects else path, Text(zh=zh, en=en), suggestion


def _overshared(machine: Machine, here: Path) -> Iterator[Found]:
    """The milestones that one case can pass through share out more than the whole award.

    Walks every (state, milestones passed); a milestone that is entered again isn't paid again.
    """
    waiting = deque([(machine.start, frozenset[str]())] if machine.start in machine.states else [])
    seen = set(waiting)
    while waiting:
        name, passed = waiting.popleft()
        passed |= {name} if machine.states[name].share else set()
        total = sum(machine.states[each].share or 0 for each in passed)
        if total > 100:
            zh, en = f"到这里各里程碑合计 {total}%，超过 100%", f"up to here milestones share out {total}%, over 100%"
            yield (*here, "states", name, "share"), Text(zh=zh, en=en), ""
            return
        following = {(target, passed) for target in sorted(_targets(machine, name))} - seen
        seen |= following
        waiting.extend(sorted(following, key=lambda each: each[0]))
