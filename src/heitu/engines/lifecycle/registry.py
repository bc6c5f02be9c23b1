"""The words that definitions may use: roles, guards, effects and date sources, registered by the packages that know."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from heitu.engines.lifecycle.definitions import SYSTEM, Event, Programme, State
from heitu.ground.core.text import Text

if TYPE_CHECKING:
    from heitu.engines.lifecycle.models import Case, Reminder, Transition
    from heitu.ground.people.models import Person

Money = Literal["hold", "pay", "release"]


@dataclass(frozen=True)
class Context:
    """A move as guards, effects and listeners see it. `state`, `event` and `target` are ids.

    `case` is the locked row; for effects it is already in `target`. `by` is None for the system.
    `transition` is None for guards, which run before it is written.
    """

    case: Case
    programme: Programme
    event: str
    state: str
    target: str
    by: Person | None
    now: datetime
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    transition: Transition | None = None

    @property
    def definition(self) -> Event:
        """What the programme says about this event."""
        return self.from_state.on[self.event]

    @property
    def from_state(self) -> State:
        return self.programme.state(self.case.machine, self.state)

    @property
    def to_state(self) -> State:
        return self.programme.state(self.case.machine, self.target)


RoleTest = Callable[["Case", "Person"], bool]
GuardTest = Callable[[Context], Text | None]
Listener = Callable[[Context], None]
DateSource = Callable[["Case"], datetime | None]
Reader = Callable[["Case"], None]
ReminderListener = Callable[["Case", "Reminder"], None]


@dataclass(frozen=True)
class Role:
    name: str
    title: Text
    test: RoleTest


@dataclass(frozen=True)
class Guard:
    name: str
    title: Text
    test: GuardTest


@dataclass(frozen=True)
class Effect:
    """`money` says what it does to a hold, for `heitu check`; `after_commit` keeps it out of the transaction."""

    name: str
    title: Text
    run: Listener
    money: Money | None
    after_commit: bool


@dataclass(frozen=True)
class Source:
    name: str
    title: Text
    read: DateSource


def _nobody(case: Case, person: Person) -> bool:
    return False


_roles: dict[str, Role] = {SYSTEM: Role(SYSTEM, Text(zh="系统", en="System"), _nobody)}
_guards: dict[str, Guard] = {}
_effects: dict[str, Effect] = {}
_sources: dict[str, Source] = {}
_belongings: list[Reader] = []
_moved: list[Listener] = []
_reminders: list[ReminderListener] = []

R = TypeVar("R", bound=RoleTest)
G = TypeVar("G", bound=GuardTest)
L = TypeVar("L", bound=Listener)
D = TypeVar("D", bound=DateSource)
B = TypeVar("B", bound=Reader)
N = TypeVar("N", bound=ReminderListener)
Entry = TypeVar("Entry", Role, Guard, Effect, Source)


def role(name: str, *, title: Text) -> Callable[[R], R]:
    """Register who may: `fn(case, person) -> bool`, without regard to the state that the case is in."""

    def register(test: R) -> R:
        _add(_roles, Role(name, title, test))
        return test

    return register


def guard(name: str, *, title: Text) -> Callable[[G], G]:
    """Register when one may: `fn(context)` answers None, or why not."""

    def register(test: G) -> G:
        _add(_guards, Guard(name, title, test))
        return test

    return register


def effect(name: str, *, title: Text, money: Money | None = None, after_commit: bool = False) -> Callable[[L], L]:
    """Register what a move brings about: `fn(context)`, in the move's transaction; `Refused` undoes the whole move."""

    def register(run: L) -> L:
        _add(_effects, Effect(name, title, run, money, after_commit))
        return run

    return register


def date_source(name: str, *, title: Text | None = None) -> Callable[[D], D]:
    """Register a date that a deadline may name: `fn(case)` answers an aware datetime, or None while unknown."""

    def register(read: D) -> D:
        _add(_sources, Source(name, title or Text(zh=name, en=name), read))
        return read

    return register


def belonging(read: B) -> B:
    """Register what most guards and effects ask of a case: `fn(case)` reads it, in one query, and leaves it on the case.

    Runs after a move has locked the row, so that what is read then is as new as the lock.
    """
    _belongings.append(read)
    return read


def on_moved(listener: L) -> L:
    """Register a listener that runs after a move's commit; its failure is logged and undoes nothing."""
    _moved.append(listener)
    return listener


def on_reminder(listener: N) -> N:
    """Register `fn(case, reminder)`, run in the transaction that records the reminder as sent."""
    _reminders.append(listener)
    return listener


def _add(entries: dict[str, Entry], entry: Entry) -> None:
    if entry.name in entries:
        raise ValueError(f"{type(entry).__name__.lower()} {entry.name!r} is registered twice")
    entries[entry.name] = entry


def roles() -> Mapping[str, Role]:
    return _roles


def guards() -> Mapping[str, Guard]:
    return _guards


def effects() -> Mapping[str, Effect]:
    return _effects


def date_sources() -> Mapping[str, Source]:
    return _sources


def belongings() -> tuple[Reader, ...]:
    return tuple(_belongings)


def moved_listeners() -> tuple[Listener, ...]:
    return tuple(_moved)


def reminder_listeners() -> tuple[ReminderListener, ...]:
    return tuple(_reminders)
