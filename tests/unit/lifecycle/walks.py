"""Random walks over a programme, and what must hold of a case wherever they end: usable for any programme."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from heitu.engines.lifecycle import actions, queries
from heitu.engines.lifecycle.definitions import SYSTEM, Event
from heitu.engines.lifecycle.models import Case
from heitu.ground.core.errors import Refused
from heitu.ground.people.models import Person

STEP = timedelta(hours=7)


@dataclass(frozen=True)
class Walker:
    """Who plays each role, and what to fill into each form."""

    players: Mapping[str, Person | None]
    forms: Mapping[str, Mapping[str, Any]]
    between: Callable[[Case, datetime], None] = lambda case, now: None


def applicable(case: Case, walker: Walker) -> list[str]:
    """The events of the case's state that somebody among the players may try."""
    on = queries.programme_of(case).state(case.machine, case.state).on
    return [name for name, event in on.items() if _player(event, walker) is not _NOBODY]


def walk(case: Case, walker: Walker, *, random: Random, now: datetime, most: int = 40) -> datetime:
    """Make up to `most` random moves, right and wrong ones, repeated keys and stale pages; answers the time it ends.

    A wrong attempt must be refused and change nothing; each step is followed by `check`.
    """
    for number in range(most):
        now += STEP * random.random()
        _try_nonsense(case, walker, random, now)
        events = applicable(case, walker)
        if not events:
            break
        _try(case, random.choice(events), walker, key=f"walk-{case.pk}-{number}", now=now)
        walker.between(case, now)
        check(case)
    return now


def check(case: Case) -> None:
    """The history is gapless, follows the definition, leads to the state that the case is in, and ends with a close."""
    case.refresh_from_db()
    machine = queries.programme_of(case).machine(case.machine)
    history = list(case.transitions.order_by("number"))
    assert [each.number for each in history] == list(range(1, case.moves + 1))
    here = machine.start
    for each in history:
        assert each.from_state == here
        assert machine.states[here].on[each.event].to == each.to_state
        here = each.to_state
    assert case.state == here
    closed = machine.states[here].step == "close"
    assert (case.closed_at is not None) == closed
    assert case.outcome == (machine.states[here].outcome or "")
    keys = [each.key for each in history if each.key]
    assert len(set(keys)) == len(keys)


class _Nobody:
    pass


_NOBODY = _Nobody()


def _player(event: Event, walker: Walker) -> Person | _Nobody | None:
    if SYSTEM in event.by:
        return None
    return next((walker.players[role] for role in event.by if role in walker.players), _NOBODY)


def _try(case: Case, name: str, walker: Walker, *, key: str, now: datetime) -> None:
    """Make the event, then again with the same key: the second time must answer the same and move nothing."""
    event = queries.programme_of(case).state(case.machine, case.state).on[name]
    by = _player(event, walker)
    assert not isinstance(by, _Nobody)
    data = walker.forms.get(event.form or "", {})
    before = case.moves
    try:
        first = actions.move(case=case, event=name, by=by, now=now, reason="walk", data=data, key=key)
    except Refused:
        check(case)
        assert case.moves == before
        return
    after = case.moves
    assert actions.move(case=case, event=name, by=by, now=now, reason="walk", data=data, key=key).pk == first.pk
    assert case.moves == after


def _try_nonsense(case: Case, walker: Walker, random: Random, now: datetime) -> None:
    """An event of some other state, and a page that is out of date, are always refused."""
    machine = queries.programme_of(case).machine(case.machine)
    others = {name for state in machine.states.values() for name in state.on} - set(queries.possible(case))
    name = random.choice(sorted(others)) if others else "nonsense"
    by = random.choice(sorted(walker.players.values(), key=str))
    before = case.moves
    for event, expected in ((name, None), *((each, case.moves + 1) for each in queries.possible(case)[:1])):
        try:
            actions.move(case=case, event=event, by=by, now=now, reason="x", expected_moves=expected)
        except Refused:
            continue
        raise AssertionError(f"{event} was possible in {case.state}")
    case.refresh_from_db()
    assert case.moves == before
