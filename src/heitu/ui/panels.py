"""How later stages put their part onto a page that an earlier stage owns, without being imported by it.

The case page ("case") belongs to `applications`; reviews, awards, work, deliverables, settlement and credentials each
register a panel for it, and may offer the next step. The page of a call ("call") is composed in the same way.
A provider answers None when it has nothing for this viewer.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, TypeVar

from heitu.ground.core.text import Text

Slot = Literal["main", "aside"]
Made = TypeVar("Made")
Page = Literal["case", "call"]


@dataclass(frozen=True)
class View:
    """What a provider is given: the subject of the page, who looks (None: a visitor), and when."""

    subject: Any
    viewer: Any
    now: datetime
    roles: frozenset[str] = frozenset()
    refused: Any = None  # a panel's own form that was refused, for that panel to show again with what was typed
    _made: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` answers, made once for all the providers of this page."""
        if name not in self._made:
            self._made[name] = make()
        made: Made = self._made[name]
        return made


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
_panels: dict[tuple[Page, str], tuple[int, Slot, str, _Context]] = {}
_steps: dict[tuple[Page, str], tuple[int, _Step]] = {}


def panel(
    name: str, *, template: str, order: int, slot: Slot = "main", page: Page = "case"
) -> Callable[[_Context], _Context]:
    """Register a context function for a panel of a page; lower `order` stands higher."""

    def register(function: _Context) -> _Context:
        _panels[page, name] = (order, slot, template, function)
        return function

    return register


def next_step(name: str, *, order: int, page: Page = "case") -> Callable[[_Step], _Step]:
    """Register a function that may name the viewer's next step; the lowest `order` that answers wins."""

    def register(function: _Step) -> _Step:
        _steps[page, name] = (order, function)
        return function

    return register


def panels_for(view: View, *, page: Page = "case") -> dict[Slot, list[Panel]]:
    """Every panel that has something for this viewer, in order, by slot."""
    shown: dict[Slot, list[Panel]] = {"main": [], "aside": []}
    for (place, name), (_, slot, template, context_of) in sorted(_panels.items(), key=lambda item: item[1][0]):
        context = context_of(view) if place == page else None
        if context is not None:
            shown[slot].append(Panel(name, template, slot, context))
    return shown


def next_step_for(view: View, *, page: Page = "case") -> NextStep | None:
    """The first next step that a stage offers this viewer."""
    for (place, _), (_, offer) in sorted(_steps.items(), key=lambda item: item[1][0]):
        step = offer(view) if place == page else None
        if step is not None:
            return step
    return None
