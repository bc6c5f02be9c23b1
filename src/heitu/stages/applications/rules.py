"""Who may, as pairs of a predicate on one application and the scope for which it holds. None is a visitor."""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeGuard

from django.db.models import Exists, OuterRef, Q, QuerySet

from heitu.engines.lifecycle.models import Case, DefinitionVersion, Transition
from heitu.engines.lifecycle.pins import programme_in, programme_of
from heitu.ground.people.models import Person, Team, TeamMember
from heitu.ground.people.rules import is_finance, is_lead_of, is_officer, sees_everything
from heitu.stages.applications.models import Application
from heitu.stages.applications.sights import is_let_see, let_see_scope
from heitu.stages.applications.stages import concealed, past_screening
from heitu.stages.calls.rules import acts_as_owner, owned_by


def can_see_application(person: Person | None, application: Application) -> bool:
    """The team, the office and the auditor always; finance once it is handed in; the task owner once it passed
    screening; and whoever a later stage lets in, such as its reviewers."""
    if not _is_active(person):
        return False
    return (
        sees_everything(person)
        or is_member(person, application)
        or (is_finance(person) and application.submitted_at is not None)
        or (acts_as_owner(person, application.call) and _passed_screening(application.case))
        or is_let_see(person, application)
    )


def visible_applications(person: Person | None) -> QuerySet[Application]:
    if not _is_active(person):
        return Application.objects.none()
    if sees_everything(person):
        return Application.objects.all()
    seen = Q(team__in=_teams_of(person)) | _owned(person) | let_see_scope(person)
    if is_finance(person):
        seen |= Q(submitted_at__isnull=False)
    return Application.objects.filter(seen)


def can_edit_application(person: Person | None, application: Application) -> bool:
    """Its team's lead writes the application."""
    return is_lead(person, application)


def editable_applications(person: Person | None) -> QuerySet[Application]:
    if not _is_active(person):
        return Application.objects.none()
    return Application.objects.filter(team__in=_teams_of(person, is_lead=True))


def can_know_team(person: Person | None, application: Application) -> bool:
    """Whether somebody who sees the application may also know whose it is."""
    return knows_all_teams(person) or not is_concealed(application) or is_member(person, application)


def can_know(person: Person | None, application: Application, *, own: Collection[int]) -> bool:
    """As `can_know_team`, where the ids of the person's `own` teams are at hand."""
    return knows_all_teams(person) or not is_concealed(application) or application.team_id in own


def applications_with_known_team(person: Person | None) -> QuerySet[Application]:
    """Of the visible applications, those whose team the person may know."""
    seen = visible_applications(person)
    if knows_all_teams(person):
        return seen
    hidden = Q(pk__in=[])
    for version in _versions(Q(cases__application__in=seen)):
        hidden |= Q(case__definition=version, case__state__in=concealed(programme_in(version)))
    return seen.filter(~hidden if person is None else Q(team__in=_teams_of(person)) | ~hidden)


def is_concealed(application: Application) -> bool:
    """Whether the team is hidden from those who judge it, at this moment."""
    return application.case.state in concealed(programme_of(application.case))


def can_bulk_move(person: Person | None) -> bool:
    return is_officer(person)


def can_export_applications(person: Person | None) -> bool:
    return sees_everything(person) or is_finance(person)


def can_claim_for(person: Person | None, team: Team) -> bool:
    return _is_active(person) and is_lead_of(person, team)


def is_member(person: Person | None, application: Application) -> bool:
    """Whether the person is in the application's team now, as its lead or not."""
    return _is_active(person) and any(place.person_id == person.pk for place in application.team_now)


def is_lead(person: Person | None, application: Application) -> bool:
    return _is_active(person) and any(
        place.is_lead and place.person_id == person.pk for place in application.team_now
    )


def _is_active(person: Person | None) -> TypeGuard[Person]:
    return person is not None and person.is_active


def _teams_of(person: Person, **which: bool) -> QuerySet[TeamMember, int]:
    """Ids of the teams that the person is in now, as a subquery."""
    present = TeamMember.objects.filter(person=person, left_at__isnull=True, **which)
    return present.values_list("team", flat=True)


def knows_all_teams(person: Person | None) -> bool:
    return sees_everything(person) or is_finance(person)


def _passed_screening(case: Case) -> bool:
    past = past_screening(programme_of(case))
    return case.state in past or case.transitions.filter(to_state__in=past).exists()


def _owned(person: Person) -> Q:
    """What teams handed in for the person's own calls, once it passed screening."""
    found = Q(pk__in=[])
    for version in _versions(Q(cases__application__call__owner=person)):
        past = past_screening(programme_in(version))
        passed = Transition.objects.filter(case=OuterRef("case"), to_state__in=past)
        found |= Q(Q(case__definition=version) & (Q(case__state__in=past) | Exists(passed)))
    return owned_by(person, "call__") & found


def _versions(where: Q) -> QuerySet[DefinitionVersion]:
    return DefinitionVersion.objects.filter(where).defer("body").distinct()
