"""A machine as a Mermaid state diagram."""

from __future__ import annotations

from heitu.engines.lifecycle.definitions import Event, Machine, Programme
from heitu.ground.core.text import Language


def mermaid(programme: Programme, machine: str, language: Language) -> str:
    """The text of a `stateDiagram-v2`: states by their titles, moves by theirs, ends marked."""
    drawn = programme.machine(machine)
    lines = ["stateDiagram-v2", "    direction TB"]
    lines += [f"    {name} : {_plain(state.title.in_(language))}" for name, state in drawn.states.items()]
    lines.append(f"    [*] --> {drawn.start}")
    for name, state in drawn.states.items():
        lines += [f"    {name} --> {event.to} : {_label(drawn, event, language)}" for event in state.on.values()]
        if state.step == "close":
            lines.append(f"    {name} --> [*]")
    return "\n".join(lines) + "\n"


def _label(machine: Machine, event: Event, language: Language) -> str:
    """The move's title; the clock's and the system's own moves, which have none, show as a cog."""
    if event.title:
        return _plain(event.title.in_(language))
    return f"⚙ {_plain(machine.states[event.to].title.in_(language))}"


def _plain(words: str) -> str:
    """Mermaid reads colons, semicolons, hashes and line breaks in labels as its own."""
    return " ".join(words.translate({ord(sign): full for sign, full in zip(":;#", "：；＃", strict=True)}).split())
