"""How later stages put their part onto a page that an earlier stage owns, without being imported by it.

The case page belongs to `applications`; reviews, awards, work, deliverables, settlement and credentials each
register a panel for it, and may offer the next step. A provider answers None when it has nothing for this viewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from heitu.ground.core.text import Text

Slot = Literal["main", "aside"]


@dataclass(frozen=True)
class View:
    """What a provider is given: the subject of the page, who looks (None: a visitor), and when."""

    subject: Any
    viewer: Any
    now: datetime
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True)
class NextStep:
    """One sentence and one link for whoever can act now, where the act isn't a plain move of the case."""

    sentence: Text
    label: Text
    url: str


@dataclass(frozen=True)
class Panel:
    name: str
    template: str
    slot: Slot
    context: dict[str, Any] = field(default_factory=dict)


_Context = Callable[[View], dict[str, Any] | None]
_Step = Callable[[View], NextStep | None]
_panels: dict[str, tuple[int, Slot, str, _Context]] = {}
_steps: dict[str, tuple[int, _Step]] = {}


def panel(name: str, *, template: str, order: int, slot: Slot = "main") -> Callable[[_Context], _Context]:
    """Register a context function for a panel of the case page; lower `order` stands higher."""

    def register(function: _Context) -> _Context:
        _panels[name] = (order, slot, template, function)
        return function

    return register


def next_step(name: str, *, order: int) -> Callable[[_Step], _Step]:
    """Register a function that may name the viewer's next step; the lowest `order` that answers wins."""

    def register(function: _Step) -> _Step:
        _steps[name] = (order, function)
        return function

    return register


def panels_for(view: View) -> dict[Slot, list[Panel]]:
    """Every panel that has something for this viewer, in order, by slot."""
    shown: dict[Slot, list[Panel]] = {"main": [], "aside": []}
    for name, (_, slot, template, context_of) in sorted(_panels.items(), key=lambda item: item[1][0]):
        context = context_of(view)
        if context is not None:
            shown[slot].append(Panel(name, template, slot, context))
    return shown


def next_step_for(view: View) -> NextStep | None:
    """The first next step that a stage offers this viewer."""
    for _, offer in sorted(_steps.values(), key=lambda item: item[0]):
        step = offer(view)
        if step is not None:
            return step
    return None
