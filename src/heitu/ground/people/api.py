"""Persons, institutions, teams and notifications over the API; the same actions and rules as the pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema, Status
from ninja.pagination import PageNumberPagination, paginate
from ninja.security import django_auth

from heitu.ground.core import clock
from heitu.ground.core.text import Text
from heitu.ground.people import actions, queries, rules
from heitu.ground.people.models import Institution, Membership, Notification, Person, Team, TeamMember, members_now
from heitu.ground.people.queries import signed_in
from heitu.ground.people.tokens import TokenAuth

READ: list[Any] = [TokenAuth("read"), django_auth]
MANAGE: list[Any] = [TokenAuth("manage"), django_auth]
router = Router(tags=["people"], auth=READ)


class InstitutionOut(Schema):
    slug: str
    name: Text
    kind: str
    region: str
    domain: str


class MembershipOut(Schema):
    id: int
    role: str
    institution: InstitutionOut | None
    verification: str
    since: datetime


class PersonOut(Schema):
    id: int
    email: str
    name: str
    name_latin: str
    language: str
    time_zone: str
    memberships: list[MembershipOut]

    @staticmethod
    def resolve_memberships(person: Person) -> list[Membership]:
        return person.current_memberships


class TeamOut(Schema):
    slug: str
    name: str
    institution: InstitutionOut
    introduction: Text
    member_count: int


class TeamMemberOut(Schema):
    id: int
    name: str
    is_lead: bool
    joined_at: datetime

    @staticmethod
    def resolve_id(member: TeamMember) -> int:
        return member.person_id

    @staticmethod
    def resolve_name(member: TeamMember) -> str:
        return member.person.name


class NotificationOut(Schema):
    id: int
    kind: str
    title: Text
    body: Text
    url: str
    created_at: datetime
    read_at: datetime | None


class TeamIn(Schema):
    name: str
    institution: str
    introduction: Text = Text()


class MemberIn(Schema):
    email: str


class JoinIn(Schema):
    role: str


class Told(Schema):
    """What became of a request that may end in two ways."""

    outcome: str


@router.get("/persons/me", response=PersonOut, summary="Who the token or session speaks for")
def me(request: HttpRequest) -> Person:
    return signed_in(request)


@router.get("/institutions", response=list[InstitutionOut], auth=None)
@paginate(PageNumberPagination, page_size=50)
def institutions(request: HttpRequest, search: str = "", kind: str = "", region: str = "") -> QuerySet[Institution]:
    return queries.institutions(search=search, kind=kind, region=region)


@router.get("/institutions/{slug}", response=InstitutionOut, auth=None)
def institution(request: HttpRequest, slug: str) -> Institution:
    return get_object_or_404(Institution, slug=slug)


@router.post("/institutions/{slug}/memberships", response={201: MembershipOut}, auth=MANAGE)
def join(request: HttpRequest, slug: str, body: JoinIn) -> Status[Membership]:
    """Ask for a role at the institution."""
    person = signed_in(request)
    found = get_object_or_404(Institution, slug=slug)
    return Status(201, actions.join(person=person, institution=found, role=body.role, by=person, now=clock.now()))


@router.get("/memberships", response=list[MembershipOut], summary="Memberships that you may see")
@paginate(PageNumberPagination, page_size=50)
def memberships(request: HttpRequest) -> QuerySet[Membership]:
    visible = rules.visible_memberships(signed_in(request)).filter(until__isnull=True)
    return visible.select_related("institution").order_by("pk")


@router.post("/memberships/{pk}/verification", response=MembershipOut, auth=MANAGE)
def verify(request: HttpRequest, pk: int) -> Membership:
    person = signed_in(request)
    scope = rules.verifiable_memberships(person).select_related("person", "institution")
    return actions.verify(membership=get_object_or_404(scope, pk=pk), by=person, now=clock.now())


@router.get("/teams", response=list[TeamOut], summary="Teams that you may see")
@paginate(PageNumberPagination, page_size=50)
def teams(request: HttpRequest, search: str = "") -> QuerySet[Team]:
    return queries.teams_listed(rules.visible_teams(signed_in(request)), search=search)


@router.post("/teams", response={201: TeamOut}, auth=MANAGE)
def found_team(request: HttpRequest, body: TeamIn) -> Status[Team]:
    person = signed_in(request)
    home = get_object_or_404(rules.institutions_for_teams(person), slug=body.institution)
    team = actions.create_team(
        name=body.name, institution=home, lead=person, introduction=body.introduction, by=person, now=clock.now()
    )
    return Status(201, queries.teams_listed(Team.objects.filter(pk=team.pk)).get())


@router.get("/teams/{slug}", response=TeamOut)
def team(request: HttpRequest, slug: str) -> Team:
    return get_object_or_404(queries.teams_listed(rules.visible_teams(signed_in(request))), slug=slug)


@router.get("/teams/{slug}/members", response=list[TeamMemberOut])
def team_members(request: HttpRequest, slug: str) -> list[TeamMember]:
    return members_now(team=get_object_or_404(rules.visible_teams(signed_in(request)), slug=slug).pk)


@router.post("/teams/{slug}/members", response={201: Told}, auth=MANAGE)
def bring_in(request: HttpRequest, slug: str, body: MemberIn) -> Status[dict[str, str]]:
    """Add a verified colleague at once (`added`), or invite whoever else has the address (`invited`)."""
    person = signed_in(request)
    found = get_object_or_404(rules.managed_teams(person).select_related("institution"), slug=slug)
    came = actions.bring_in(team=found, email=body.email, by=person, now=clock.now())
    return Status(201, {"outcome": "added" if isinstance(came, TeamMember) else "invited"})


@router.get("/notifications", response=list[NotificationOut])
@paginate(PageNumberPagination, page_size=50)
def notifications(request: HttpRequest, unread: bool = False) -> QuerySet[Notification]:
    found = queries.notifications(signed_in(request))
    return found.filter(read_at__isnull=True) if unread else found


@router.post("/notifications/{pk}/reading", response=NotificationOut)
def reading(request: HttpRequest, pk: int) -> Notification:
    person = signed_in(request)
    found = get_object_or_404(rules.visible_notifications(person), pk=pk)
    actions.mark_read(notification=found, by=person, now=clock.now())
    return found
