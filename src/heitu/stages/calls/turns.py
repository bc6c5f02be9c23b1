"""Whose turn it is, as persons: who is told when a case changes hands.

Each stage says with `@people_of` which persons a role of a definition means for a case.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from heitu.engines.lifecycle.models import Case, Reminder
from heitu.engines.lifecycle.queries import programme_of, turn
from heitu.engines.lifecycle.registry import Context
from heitu.ground.core.text import Text
from heitu.ground.people.actions import notify
from heitu.ground.people.actions.notifications import is_hushed
from heitu.ground.people.models import Person

Resolver = Callable[[Case], Iterable[Person]]
R = TypeVar("R", bound=Resolver)
_resolvers: dict[str, Resolver] = {}
# Reviewers may be blind, and reasons name names.
_HEARS_REASONS = frozenset({"lead", "member", "owner", "officer", "finance"})


def people_of(role: str) -> Callable[[R], R]:
    """Register who holds `role` for a case: `fn(case)` answers persons, none when there is nobody."""

    def register(resolve: R) -> R:
        if role in _resolvers:
            raise ValueError(f"the people of {role!r} are registered twice")
        _resolvers[role] = resolve
        return resolve

    return register


def people_with(role: str, case: Case) -> list[Person]:
    """Everybody who holds the role for this case; empty for roles that no stage resolves."""
    resolve = _resolvers.get(role)
    return list(resolve(case)) if resolve else []


def tell_turn(context: Context, *, subject: Text, url: str, on_close: str) -> None:
    """After a move: tell whoever acts next, or, when the case is closed, those with the role `on_close`.

    Nobody is told of what they did themselves, or of moves that leave the case where it was.
    """
    if not is_told(context):
        return
    state = context.to_state
    role = state.owner or on_close
    told = [person for person in people_with(role, context.case) if context.by is None or person.pk != context.by.pk]
    title = _title(state.title, is_closed=state.owner is None)
    body = _with_reason(subject, context.reason if role in _HEARS_REASONS else "")
    notify(people=told, kind="turn" if state.owner else "closed", title=title, body=body, url=url, now=context.now)


def is_told(context: Context) -> bool:
    """Whether anybody is told of the move: not of one that leaves the case where it was, nor while all is hushed."""
    return context.target != context.state and not is_hushed()


def _title(state: Text, *, is_closed: bool) -> Text:
    if is_closed:
        return Text(zh=f"已结束：{state.in_('zh')}", en=f"Closed: {state.in_('en')}")
    return Text(zh=f"轮到您了：{state.in_('zh')}", en=f"Your turn: {state.in_('en')}")


def _with_reason(subject: Text, reason: str) -> Text:
    if not reason:
        return subject
    return Text(zh=f"{subject.in_('zh')}\n理由：{reason}", en=f"{subject.in_('en')}\nReason: {reason}")


def remind_turn(case: Case, reminder: Reminder, *, subject: Text, url: str) -> None:
    """Before a deadline: tell whoever must act, in whole days or hours."""
    now = turn(case)
    if now is None:
        return
    state = programme_of(case).state(case.machine, case.state).title
    zh, en = _left(reminder.before)
    notify(
        people=people_with(now.role, case), kind="deadline", url=url, now=reminder.sent_at, body=subject,
        title=Text(zh=f"还有{zh}到期：{state.in_('zh')}", en=f"Due in {en}: {state.in_('en')}"),
    )


def _left(seconds: int) -> tuple[str, str]:
    days, hours = seconds // 86_400, seconds // 3_600
    if days:
        return f" {days} 天", f"{days} day{'s' if days > 1 else ''}"
    return f" {hours} 小时", f"{hours} hour{'s' if hours != 1 else ''}"
