"""What a programme's steps mean for who knows what: when a team is known, and when the task owner comes in."""

from __future__ import annotations

from collections.abc import Collection

from heitu.engines.lifecycle.definitions import Machine, Programme

GRANTED = frozenset({"accept_award", "milestone", "settle", "publish"})
BEFORE_REVIEW = frozenset({"submit", "screen"})


def concealed(programme: Programme) -> frozenset[str]:
    """The states in which a double-blind application hides its team: those that it can reach without an award."""
    if programme.rules.blind != "double":
        return frozenset()
    if programme.digest not in _concealed:
        machine = programme.machine("case")
        granted = {name for name, state in machine.states.items() if state.step in GRANTED}
        _concealed[programme.digest] = reachable(machine, avoiding=granted)
    return _concealed[programme.digest]


def past_screening(programme: Programme) -> frozenset[str]:
    """The states that show that an application passed the form check. An end alone shows nothing."""
    states = programme.machine("case").states
    return frozenset(name for name, state in states.items() if state.step not in BEFORE_REVIEW | {"close"})


def reachable(machine: Machine, *, avoiding: Collection[str]) -> frozenset[str]:
    """The states that lie ahead of the start without passing through those of `avoiding`."""
    found: set[str] = set()
    ahead = [machine.start]
    while ahead:
        name = ahead.pop()
        if name not in found and name not in avoiding:
            found.add(name)
            ahead += [event.to for event in machine.states[name].on.values()]
    return frozenset(found)


_concealed: dict[str, frozenset[str]] = {}
