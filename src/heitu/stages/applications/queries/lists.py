"""Applications found, filtered, and loaded with what a row or a case page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case as DbCase
from django.db.models import Q, QuerySet, When

from heitu.ground.core.prepared import prepared
from heitu.ground.people.models import Person, Team, TeamMember
from heitu.stages.applications import rules
from heitu.stages.applications.models import Application
from heitu.stages.applications.sights import also_asked, also_loaded
from heitu.stages.calls.models import Call


@dataclass(frozen=True)
class Listing:
    """What a reader asks of the list; empty words ask nothing."""

    search: str = ""
    state: str = ""
    programme: str = ""
    team: str = ""
    institution: str = ""
    mine: Person | None = None


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
    """Three queries. `rows` come first come first, at most `most` of them."""
    places = places_of(person)
    own = frozenset(place.team_id for place in places)
    rows = _own_first(call, own=list(own), most=most + len(own))
    applied = [row for row in rows if row.team_id in own]
    taken = {row.team_id for row in applied}
    return Standing(
        own, [place.team for place in places if place.is_lead and place.team_id not in taken],
        min(applied, key=lambda row: row.case.closed_at is not None, default=None),
        sorted((row for row in rows if row.submitted_at), key=lambda row: row.submitted_at or row.started_at)[:most],
    )


def _own_first(call: Call, *, own: list[int], most: int) -> list[Application]:
    """Keys first, since the rows are joined with four tables."""
    handed_in = Application.objects.filter(Q(submitted_at__isnull=False) | Q(team__in=own), call=call)
    ordered = handed_in.alias(is_own=DbCase(When(team__in=own, then=0), default=1)).order_by("is_own", "submitted_at", "pk")
    rows = _racing.in_order(list(ordered.values_list("pk", flat=True)[:most]))
    for row in rows:
        row.call = call
    return rows


@prepared(pks=list[int])
def _racing(pks: list[int]) -> QuerySet[Application]:
    """With what a race shows of each; with all that `loaded` brings, planning takes ten times as long as finding."""
    return Application.objects.filter(pk__one_of=pks).select_related("case", "team__institution", "applicant")


def places_of(person: Person | None) -> list[TeamMember]:
    """The person's places in teams now, with the teams."""
    return _places(person=person.pk) if person else []


@prepared(person=int)
def _places(person: int) -> QuerySet[TeamMember]:
    present = TeamMember.objects.filter(person=person, left_at__isnull=True)
    return present.select_related("team__institution").order_by("team__name", "pk")
