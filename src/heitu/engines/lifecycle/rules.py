"""Who may make a move, and what stands in its way now."""

from __future__ import annotations

from collections.abc import Iterable

from heitu.engines.lifecycle import registry
from heitu.engines.lifecycle.definitions import SYSTEM, Event
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.registry import Context
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person


def may(case: Case, event: Event, by: Person | None) -> bool:
    """Whether `by` holds one of the event's roles for this case; None is the system. Says nothing about when."""
    if by is None:
        return SYSTEM in event.by
    return any(registry.roles()[name].test(case, by) for name in event.by)


def obstacles(context: Context, known: dict[str, Text | None] | None = None) -> list[Text]:
    """Why not now: what each guard of the event says, in its order; empty when the move may be made.

    `known` keeps the answers of guards for the events of one case at one moment, so that each is asked once:
    a guard judges the case and its state, never the event.
    """
    answers: dict[str, Text | None] = {} if known is None else known
    for name in context.definition.guards:
        if name not in answers:
            answers[name] = registry.guards()[name].test(context)
    found = [answers[name] for name in context.definition.guards]
    return [answer for answer in found if answer is not None]


def joined(texts: Iterable[Text], zh: str = "；", en: str = "; ") -> Text:
    texts = list(texts)
    return Text(zh=zh.join(text.in_("zh") for text in texts), en=en.join(text.in_("en") for text in texts))


def role_title(name: str) -> Text:
    return registry.roles()[name].title


def who(event: Event) -> Text:
    """The roles that may make the event, as a phrase."""
    return joined((role_title(name) for name in event.by), "、", " or ")
