"""Teams: the list, one team, and what its lead does."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.forms import EmailForm, NewTeamForm, TeamForm
from heitu.ground.people.models import Invitation, Person, Team, members_now
from heitu.ground.people.views.shared import attempt, paginate, signed_in, status_of


@login_required
@require_safe
def teams(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    search = request.GET.get("q", "").strip()
    context = {
        "page": paginate(request, queries.teams_listed(rules.visible_teams(person), search=search)),
        "search": search,
        "own": {team.pk for team in queries.teams_of(person)},
        "can_create": rules.institutions_for_teams(person).exists(),
    }
    return render(request, "people/teams.html", context)


@login_required
def new_team(request: HttpRequest) -> HttpResponse:
    person = signed_in(request)
    homes = rules.institutions_for_teams(person)
    first = {"institution": queries.acting_institution(request)}
    form = NewTeamForm(request.POST or None, institutions=homes, initial=first)
    made = attempt(form, lambda: actions.create_team(
        name=form.cleaned_data["name"], institution=form.cleaned_data["institution"], lead=person,
        introduction=form.introduction(), by=person, now=clock.now(),
    ))
    if made:
        return redirect(made)
    return render(request, "people/team_form.html", {"form": form, "no_home": not homes}, status=status_of(form))


@login_required
@require_safe
def team(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.visible_teams(person).select_related("institution"), slug=slug)
    return render(request, "people/team.html", _about(person, found, EmailForm()))


@login_required
def team_settings(request: HttpRequest, slug: str) -> HttpResponse:
    person = signed_in(request)
    found = get_object_or_404(rules.managed_teams(person), slug=slug)
    words = {"introduction_zh": found.introduction.zh, "introduction_en": found.introduction.en}
    form = TeamForm(request.POST or None, initial={"name": found.name, **words})
    done = attempt(form, lambda: actions.change_team(
        team=found, name=form.cleaned_data["name"], introduction=form.introduction(), by=person, now=clock.now()
    ))
    if done:
        return redirect(found)
    return render(request, "people/team_form.html", {"form": form, "team": found}, status=status_of(form))


@login_required
@require_POST
def team_members(request: HttpRequest, slug: str) -> HttpResponse:
    """Add a colleague, or invite somebody else."""
    person = signed_in(request)
    found = get_object_or_404(rules.managed_teams(person).select_related("institution"), slug=slug)
    form = EmailForm(request.POST)
    came = attempt(form, lambda: actions.bring_in(
        team=found, email=form.cleaned_data["email"], by=person, now=clock.now()
    ))
    if came is None:
        return render(request, "people/team.html", _about(person, found, form), status=status_of(form))
    invited = Text(zh="邀请已发出，14 天内有效。", en="Invited. It is good for 14 days.")
    messages.success(request, str(invited if isinstance(came, Invitation) else Text(zh="已加入。", en="Added.")))
    return redirect(found)


@login_required
@require_POST
def departure(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """The lead takes somebody out, or a member leaves."""
    person = signed_in(request)
    scope = queries.teams_of(person) if pk == person.pk else rules.managed_teams(person)
    found = get_object_or_404(scope, slug=slug)
    leaving = get_object_or_404(Person, pk=pk, team_memberships__team=found, team_memberships__left_at=None)
    actions.remove_member(team=found, person=leaving, by=person, now=clock.now())
    return redirect(found) if rules.can_see_team(person, found) else redirect("people:teams")


@login_required
@require_POST
def lead(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Hand the lead over to this member."""
    person = signed_in(request)
    found = get_object_or_404(rules.managed_teams(person), slug=slug)
    successor = get_object_or_404(Person, pk=pk, team_memberships__team=found, team_memberships__left_at=None)
    actions.hand_over(team=found, person=successor, by=person, now=clock.now())
    return redirect(found)


def _about(person: Person, found: Team, form: EmailForm) -> dict[str, object]:
    manages = rules.can_manage_team(person, found)
    waiting = queries.open_invitations(clock.now()).filter(team=found)
    return {
        "team": found,
        "members": members_now(team=found.pk),
        "manages": manages,
        "invitations": waiting.filter(pk__in=rules.visible_invitations(person)) if manages else [],
        "form": form,
        "person": person,
    }
