"""Moves as a page offers them: each with its dialog, and with what was typed when it didn't get through."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from heitu.engines.lifecycle.actions import move
from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case
from heitu.engines.lifecycle.queries import Choice, choices, programme_of, turn
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person
from heitu.ui.forms import tell
from heitu.ui.schema_forms import answers, form_for


@dataclass(frozen=True)
class Attempt:
    """A move that was refused, with everything that the person typed for it."""

    event: str
    reason: str
    form: forms.Form | None
    refused: Refused


@dataclass(frozen=True)
class Offer:
    """A move that the person may make now. `key` makes a second click on it harmless."""

    choice: Choice
    form: forms.Form | None
    key: str
    ends: bool
    attempt: Attempt | None = None

    @property
    def needs_dialog(self) -> bool:
        """Whether to ask something first: a reason, a form, or whether one is sure."""
        return self.choice.reason != "absent" or self.form is not None or self.choice.tone == "danger"


@dataclass(frozen=True)
class Hands:
    """What stands in the card of the next step.

    `primary` is the one thing to do, `others` what else is allowed, `blocked` the moves of this person that
    something stands in the way of. `waiting`: it is somebody else's turn.
    """

    turn: Mapping[str, Any] | None
    waiting: bool
    primary: Offer | None
    others: Sequence[Offer]
    blocked: Sequence[Choice]


def hands(
    case: Case, *, by: Person | None, roles: frozenset[str], now: datetime, attempt: Attempt | None = None
) -> Hands:
    """Everything that `by`, who holds `roles` for this case, can do or wait for. A visitor can do nothing."""
    now_acting = turn(case)
    mine = [choice for choice in choices(case, by=by, now=now) if choice.yours] if by else []
    offered = [_offer(case, choice, attempt) for choice in mine if choice.allowed or _is_of(choice, attempt)]
    primary = next((offer for offer in offered if offer.choice.tone == "primary"), None)
    return Hands(
        turn={"role": now_acting.title, "since": now_acting.since, "due_at": now_acting.due_at} if now_acting else None,
        waiting=now_acting is not None and now_acting.role not in roles and primary is None,
        primary=primary, others=[offer for offer in offered if offer is not primary],
        blocked=[choice for choice in mine if not choice.allowed and not _is_of(choice, attempt)],
    )


def try_move(*, case: Case, by: Person, now: datetime, posted: QueryDict) -> Attempt | None:
    """Make the move that a page's form asks for; when it is refused, answer what to show again."""
    event, reason = posted.get("event", ""), posted.get("reason", "")
    form = _bound(case, event, posted)
    data: dict[str, Any] = {}
    try:
        if form is not None:
            data = _answers(form)
        move(
            case=case, event=event, by=by, now=now, reason=reason, data=data, key=posted.get("key") or None,
            expected_moves=_number(posted.get("expected_moves", "")),
        )
    except Refused as refused:
        if form is not None and refused.code == "form_invalid":
            _tell_all(form, refused)
        return Attempt(event, reason, form, refused)
    return None


def _is_of(choice: Choice, attempt: Attempt | None) -> bool:
    return attempt is not None and attempt.event == choice.event


def _offer(case: Case, choice: Choice, attempt: Attempt | None) -> Offer:
    programme = programme_of(case)
    tried = attempt if _is_of(choice, attempt) else None
    form = tried.form if tried else _empty(programme, choice.form, choice.event)
    target = programme.state(case.machine, case.state).on[choice.event].to
    ends = programme.state(case.machine, target).step == "close"
    return Offer(choice, form, secrets.token_urlsafe(16), ends, tried)


def _empty(programme: Programme, name: str | None, event: str) -> forms.Form | None:
    return form_for(programme.forms[name])(prefix=event) if name else None


def _bound(case: Case, event: str, posted: QueryDict) -> forms.Form | None:
    """The event's form with what was posted; None where the event has none, or isn't possible now."""
    programme = programme_of(case)
    found = programme.state(case.machine, case.state).on.get(event)
    return form_for(programme.forms[found.form])(posted, prefix=event) if found and found.form else None


def _answers(form: forms.Form) -> dict[str, Any]:
    if not form.is_valid():
        raise refuse("form_invalid", "请改好标出的各项。", "Please mend what is marked.")
    return answers(form)


def _tell_all(form: forms.Form, refused: Refused) -> None:
    """What the schema has against the data, each at its field."""
    errors = refused.details.get("errors", [])
    for error in errors if isinstance(errors, list) else []:
        tell(form, Refused("form_invalid", Text.model_validate(error["message"]), field=error["field"]))


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() else None
