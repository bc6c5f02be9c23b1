"""Applications: found, shown as a viewer may know them, and what stands against a claim."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case as DbCase
from django.db.models import Q, QuerySet, When

from heitu.engines.lifecycle.definitions import Programme
from heitu.engines.lifecycle.models import Case, Transition
from heitu.engines.lifecycle.pins import programme_of
from heitu.engines.lifecycle.schemas import problems_with
from heitu.ground.core.prepared import prepared
from heitu.ground.core.statements import planned
from heitu.ground.core.text import Text
from heitu.ground.people.models import Person, Team, TeamMember
from heitu.stages.applications import rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.sights import also_asked, also_loaded
from heitu.stages.calls.models import Call
from heitu.stages.calls.queries import why_not_open

DECLARATIONS = {
    "original": Text(
        zh="申报内容为本队原创，引用的代码与数据已注明来源。",
        en="This is our own work; code and data of others are named with their sources.",
    ),
    "licence": Text(
        zh="同意成果验收后按任务约定的许可证开源。",
        en="We agree that accepted results are published under the call's licence.",
    ),
}


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
    data: list[tuple[Text, str]]
    tone: str


@dataclass(frozen=True)
class Listing:
    """What a reader asks of the list; empty words ask nothing."""

    search: str = ""
    state: str = ""
    programme: str = ""
    team: str = ""
    institution: str = ""
    mine: Person | None = None


# Found


def loaded(applications: QuerySet[Application]) -> QuerySet[Application]:
    """With all that a row or a case page shows, in one query, and what later stages asked for with `also_load`."""
    return applications.select_related(
        "case", "call__case", "call__institution", "call__owner", "team__institution", "applicant", *also_loaded()
    )


@prepared(pk=int)
def case_file(pk: int) -> QuerySet[Application]:
    """The application with everything that its page shows of every stage."""
    return loaded(Application.objects.filter(pk=pk)).annotate(**also_asked())


def listed(person: Person | None, asked: Listing) -> QuerySet[Application]:
    """What the person may see, narrowed as asked, newest first.

    Whatever would tell whose an application is (its team, its institution) is asked only of known teams.
    """
    found = rules.visible_applications(person)
    for column, value in (("case__state", asked.state), ("call__programme", asked.programme)):
        if value:
            found = found.filter(**{column: value})
    if asked.mine:
        found = found.filter(team__members__person=asked.mine, team__members__left_at__isnull=True)
    if asked.team or asked.institution or asked.search:
        found = found.filter(_about_team(person, asked))
    return found.order_by("-started_at", "-pk")


@prepared(pks=list[int])
def rows(pks: list[int]) -> QuerySet[Application]:
    """The applications with what a row of the list shows, and no more of them."""
    found = Application.objects.filter(pk__one_of=pks).select_related("case", "call", "team__institution", "applicant")
    return found.only(
        "submitted_at", "case__machine", "case__definition", "case__state", "case__entered_at", "case__due_at",
        "call__number", "call__title", "team__slug", "team__name", "team__institution__slug",
        "team__institution__name", "applicant__name",
    )


def whole(applications: QuerySet[Application]) -> QuerySet[Application]:
    """`applications` with everything that a table to take away, or a program, is told of each, in one query."""
    return loaded(applications).defer("answers", "declarations", "call__statement")


def _about_team(person: Person | None, asked: Listing) -> Q:
    wanted, words = Q(), asked.search.strip()
    if asked.team:
        wanted &= Q(team__slug=asked.team)
    if asked.institution:
        wanted &= Q(team__institution__slug=asked.institution)
    named = wanted & (Q(team__name__icontains=words) | Q(applicant__name__icontains=words))
    known = Q(pk__in=rules.applications_with_known_team(person).values("pk"))
    open_words = Q(call__search_text__contains=words.lower())
    if asked.team or asked.institution:
        return known & wanted & (named | open_words)
    return open_words | (known & named)


def live(call: Call) -> QuerySet[Application]:
    """Handed in and not closed."""
    return Application.objects.filter(call=call, submitted_at__isnull=False, case__closed_at__isnull=True)


@dataclass(frozen=True)
class Standing:
    """What a person's teams are to a call: `own` ids of all of them, `claimable` those that the person leads and that
    haven't applied, `application` the first of their applications; and `rows`, every application handed in."""

    own: frozenset[int]
    claimable: list[Team]
    application: Application | None
    rows: Sequence[Application]


def standing(person: Person | None, call: Call, *, most: int) -> Standing:
    """Two queries. `rows` come first come first, at most `most` of them."""
    places = _places(person)
    own = frozenset(place.team_id for place in places)
    found = loaded(Application.objects.filter(Q(submitted_at__isnull=False) | Q(team__in=own), call=call))
    own_first = found.alias(is_own=DbCase(When(team__in=own, then=0), default=1))
    rows = list(own_first.order_by("is_own", "submitted_at", "pk")[: most + len(own)])
    applied = [row for row in rows if row.team_id in own]
    taken = {row.team_id for row in applied}
    return Standing(
        own, [place.team for place in places if place.is_lead and place.team_id not in taken],
        min(applied, key=lambda row: row.case.closed_at is not None, default=None),
        sorted((row for row in rows if row.submitted_at), key=lambda row: row.submitted_at or row.started_at)[:most],
    )


def _places(person: Person | None) -> list[TeamMember]:
    if person is None:
        return []
    present = TeamMember.objects.filter(person=person, left_at__isnull=True)
    return list(present.select_related("team__institution").order_by("team__name", "pk"))


# As a viewer may know them


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
    own = frozenset() if rules.knows_all_teams(viewer) else frozenset(place.team_id for place in _places(viewer))
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
        data=filled(programme.forms[event.form], move.data) if event and event.form and not hides else [],
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


# What stands against a claim


def why_not_claim(call: Call, programme: Programme, team: Team, now: datetime) -> Text | None:
    """Why this team can't claim the call now; None when it can."""
    return why_not_open(call, now) or why_not_more(team, programme) or why_not_seat(call, programme, team)


def why_not_more(team: Team, programme: Programme) -> Text | None:
    """Whether the team already has as many claims under way in the programme as its rules allow."""
    most = programme.rules.max_claims_per_team
    if most is None:
        return None
    with planned() as cursor:
        cursor.execute(_RUNNING, [team.pk, programme.programme])
        running: int = cursor.fetchone()[0]
    if running < most:
        return None
    return Text(
        zh=f"本队在“{programme.title.zh}”中已有 {most} 项在研，须先完成其中一项。",
        en=f"The team already has {most} claims under way in “{programme.title.en}”; finish one first.",
    )


_RUNNING = """
SELECT count(*) FROM applications_application a JOIN calls_call c ON c.id = a.call_id JOIN lifecycle_case s ON s.id = a.case_id
WHERE a.team_id = %s AND c.programme = %s AND a.submitted_at IS NOT NULL AND s.closed_at IS NULL
"""


def why_not_seat(call: Call, programme: Programme, team: Team) -> Text | None:
    """Under exclusive claiming the first team to hand in holds the call until its case is closed."""
    if programme.rules.claiming != "exclusive" or not live(call).exclude(team=team).exists():
        return None
    return Text(zh="本任务为独占揭榜，已有团队申报。", en="Only one team may claim this call, and one has.")


def problems(application: Application) -> list[tuple[str, Text]]:
    """(field, message) for everything that is still missing or wrong before it can be handed in."""
    programme = programme_of(application.case)
    form = programme.state("case", application.case.state).form
    found = problems_with(programme, form, application.answers) if form else []
    missing = [name for name in DECLARATIONS if not application.declarations.get(name)]
    needed = Text(zh="需要勾选声明才能提交。", en="Tick this declaration before you submit.")
    return found + [(f"declares_{name}", needed) for name in missing]
