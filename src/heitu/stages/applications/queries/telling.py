"""An application, and its history, as one viewer may know them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.pins import programme_of
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person, Team, TeamMember
from heitu.stages.applications import rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.queries.lists import places_of
from heitu.stages.calls.models import Call


@dataclass(frozen=True)
class Shown:
    """An application as one viewer may know it. For the blind `team`, `applicant` and `members` are empty."""

    pk: int
    call: Call
    case: Case
    answers: dict[str, Any]
    declarations: dict[str, Any]
    submitted_at: datetime | None
    is_blind: bool
    team: Team | None
    applicant: Person | None
    members: list[TeamMember]

    @property
    def name(self) -> Text:
        """The team's name, or a number in its place."""
        if self.team is not None:
            return Text(zh=self.team.name, en=self.team.name)
        return Text(zh=f"申报 {self.pk}（团队已隐去）", en=f"Application {self.pk} (team hidden)")


@dataclass(frozen=True)
class Line:
    """One move in the history, as one viewer may know it; `by` is empty for the system."""

    title: Text
    state: Text
    by: Text
    at: datetime
    reason: str
    data: tuple[tuple[Text, str], ...]
    tone: str


def blinded(application: Application, viewer: Person | None) -> Shown:
    """The application with nothing in it that this viewer may not know."""
    knows = rules.can_know_team(viewer, application)
    return Shown(
        pk=application.pk, call=application.call, case=application.case, answers=application.answers,
        declarations=application.declarations, submitted_at=application.submitted_at, is_blind=not knows,
        team=application.team if knows else None, applicant=application.applicant if knows else None,
        members=application.team_now if knows else [],
    )


def blinded_rows(applications: Iterable[Application], viewer: Person | None) -> list[Shown]:
    """As `blinded`, for a list: without members and answers, and with one query for the whole."""
    own = frozenset() if rules.knows_all_teams(viewer) else frozenset(place.team_id for place in places_of(viewer))
    return [blinded_row(row, viewer, own=own) for row in applications]


def blinded_row(application: Application, viewer: Person | None, *, own: frozenset[int]) -> Shown:
    return _row(application, knows=rules.can_know(viewer, application, own=own))


def _row(application: Application, *, knows: bool) -> Shown:
    return Shown(
        pk=application.pk, call=application.call, case=application.case, answers={}, declarations={},
        submitted_at=application.submitted_at, is_blind=not knows, team=application.team if knows else None,
        applicant=application.applicant if knows else None, members=[],
    )


def story(application: Application, viewer: Person | None) -> list[Line]:
    """The moves of the case, newest first. The blind don't learn the team's names, the team not its reviewers'."""
    programme, shown = programme_of(application.case), blinded(application, viewer)
    is_own = rules.is_member(viewer, application)
    team = {member.person_id for member in application.team_now}
    return [
        _line(programme, each, hides=_hidden(programme, each, is_blind=shown.is_blind, is_own=is_own, team=team))
        for each in reversed(application.moves)
    ]


def _hidden(programme: Programme, move: Transition, *, is_blind: bool, is_own: bool, team: set[int]) -> Text | None:
    """What stands in place of the actor's name; None when it may be shown."""
    event = programme.state("case", move.from_state).on.get(move.event)
    roles = event.by if event else ()
    if is_blind and (move.actor_id in team or "lead" in roles):
        return Text(zh="申报团队", en="The team")
    if is_own and programme.rules.blind != "none" and "reviewer" in roles:
        return Text(zh="评审专家", en="A reviewer")
    return None


def _line(programme: Programme, move: Transition, *, hides: Text | None) -> Line:
    state = programme.state("case", move.to_state)
    event = programme.state("case", move.from_state).on.get(move.event)
    actor = Text(zh=move.actor.name, en=move.actor.name_latin or move.actor.name) if move.actor else Text()
    return Line(
        title=(event.title if event and event.title else state.title), state=state.title, by=hides or actor, at=move.at,
        reason="" if hides else move.reason,
        data=tuple(filled(programme.forms[event.form], move.data)) if event and event.form and not hides else (),
        tone=_tone(state.outcome, event.tone if event else "plain"),
    )


def _tone(outcome: str | None, tone: str) -> str:
    if outcome == "success" or tone == "primary":
        return "sprout"
    return "clay" if outcome or tone == "danger" else ""


def filled(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """What was answered, with the form's own titles, in the form's order; unanswered fields are left out."""
    parts = schema.get("properties", {})
    return [(_title(parts[name], name), _said(answers[name])) for name in parts if name in answers]


def _title(part: Mapping[str, Any], name: str) -> Text:
    title = part.get("title", name)
    return Text.model_validate(title) if isinstance(title, Mapping) else Text(zh=str(title), en=str(title))


def _said(value: Any) -> str:
    if isinstance(value, bool):
        return str(Text(zh="是", en="Yes") if value else Text(zh="否", en="No"))
    return "\n".join(map(str, value)) if isinstance(value, list) else str(value)
