"""Where a case stands, who acts next, until when, and what may be done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from django.db.models import QuerySet

from heitu.engines.lifecycle import rules
from heitu.engines.lifecycle.definitions import SYSTEM, Event, Machine, State
from heitu.engines.lifecycle.models import Case, DefinitionVersion, Transition
from heitu.engines.lifecycle.pins import programme_in as programme_in
from heitu.engines.lifecycle.pins import programme_of as programme_of
from heitu.engines.lifecycle.registry import Context
from heitu.ground.core.errors import refuse
from heitu.ground.core.prepared import prepared
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person

Status = Literal["past", "now", "next", "side"]


@dataclass(frozen=True)
class Choice:
    """A move out of the present state. `yours`: the person has the role; `allowed`: and nothing stands in the way."""

    event: str
    title: Text
    yours: bool
    allowed: bool
    why: Text | None
    tone: str
    reason: str
    form: str | None


@dataclass(frozen=True)
class Stop:
    """A place on the stage track. `at`: when it was entered; `owner`: who acts there."""

    id: str
    title: Text
    status: Status
    at: datetime | None
    owner: Text | None


@dataclass(frozen=True)
class Turn:
    """Whose turn it is (`role` is the name, `title` its words), until when and since when."""

    role: str
    title: Text
    due_at: datetime | None
    since: datetime


def current_version(programme: str) -> DefinitionVersion:
    """The version that new cases start under. Raises Refused `programme_unknown`."""
    version = DefinitionVersion.objects.filter(programme=programme, is_current=True).first()
    if version is None:
        raise refuse("programme_unknown", f"没有计划“{programme}”。", f"There is no programme “{programme}”.")
    return version


@prepared(case=int)
def moves_of(case: int) -> QuerySet[Transition]:
    """Every move of the case, oldest first, with the actors."""
    return Transition.objects.filter(case=case).select_related("actor").order_by("number")


def choices(case: Case, *, by: Person | None, now: datetime) -> list[Choice]:
    """What may be done now, in the definition's order, with why not. Moves of the system alone are not for people."""
    programme = programme_of(case)
    on = programme.state(case.machine, case.state).on
    known: dict[str, Text | None] = {}
    return [
        _choice(Context(case, programme, name, case.state, event.to, by, now), known)
        for name, event in on.items()
        if by is None or set(event.by) != {SYSTEM}
    ]


def _choice(context: Context, known: dict[str, Text | None]) -> Choice:
    event = context.definition
    yours = rules.may(context.case, event, context.by)
    why = rules.obstacles(context, known) if yours else [_only(event)]
    return Choice(
        context.event, event.title or context.to_state.title, yours, not why, rules.joined(why) if why else None,
        event.tone, event.reason, event.form,
    )


def _only(event: Event) -> Text:
    roles = rules.who(event)
    return Text(zh=f"只有{roles.zh}可以进行这一步。", en=f"Only {roles.en} may do this.")


def possible(case: Case) -> list[str]:
    """The events that the case's state has, whoever may make them; none once it is closed."""
    return list(programme_of(case).state(case.machine, case.state).on)


def turn(case: Case) -> Turn | None:
    """Who acts next; None once the case is closed."""
    owner = programme_of(case).state(case.machine, case.state).owner
    if owner is None:
        return None
    return Turn(owner, rules.role_title(owner), case.due_at, case.entered_at)


def track(case: Case, *, moves: Sequence[Transition] | None = None) -> list[Stop]:
    """The stage track: the stops of the way to success in the definition's order, and where the case is on it.

    A case on a side state (`track: none`, or closed without success) shows it as an extra stop after the last one
    that it reached; a case that ended there shows no stops ahead. One query, none if the `moves` so far (oldest
    first) are given.
    """
    machine = programme_of(case).machine(case.machine)
    entered = _entered(case, machine, moves_of(case=case.pk) if moves is None else moves)
    stops = list(dict.fromkeys(stop for name in machine.states if (stop := _stop_of(machine, name))))
    reached = [stop for stop in entered if stop in stops]
    here = _stop_of(machine, case.state)
    arrived = here or (reached[-1] if reached else None)
    index = stops.index(arrived) if arrived else -1
    past, ahead = stops[: index + (here is None)], stops[index + 1 :]
    now = _stop(machine, here, "now", entered) if here else _side(case, machine)
    seen = [_stop(machine, stop, "past", entered) for stop in past if case.closed_at is None or stop in entered]
    return [*seen, now, *(_stop(machine, stop, "next", {}) for stop in ahead if case.closed_at is None)]


def _entered(case: Case, machine: Machine, moves: Iterable[Transition]) -> dict[str, datetime]:
    """When each stop was last arrived at from another one, in the order of these arrivals."""
    moments: dict[str, datetime] = {}
    walk = [(machine.start, case.opened_at), *((move.to_state, move.at) for move in moves)]
    before = None
    for name, at in walk:
        stop = _stop_of(machine, name)
        if stop and stop != before:
            moments.pop(stop, None)
            moments[stop] = at
        before = stop or before
    return moments


def _stop_of(machine: Machine, name: str) -> str | None:
    """The stop that a state belongs to; None for side states, and for ends other than success."""
    state = machine.states.get(name)
    if state is None or state.track == "none":
        return None
    if state.track is None and state.step == "close" and state.outcome != "success":
        return None
    return state.track or name


def _stop(machine: Machine, stop: str, status: Status, entered: dict[str, datetime]) -> Stop:
    members = [state for name, state in machine.states.items() if _stop_of(machine, name) == stop]
    first = machine.states[stop] if stop in machine.states and _stop_of(machine, stop) == stop else members[0]
    return Stop(stop, first.title, status, entered.get(stop), _owner(first))


def _side(case: Case, machine: Machine) -> Stop:
    state = machine.states[case.state]
    return Stop(case.state, state.title, "side", case.entered_at, _owner(state))


def _owner(state: State) -> Text | None:
    return rules.role_title(state.owner) if state.owner else None
