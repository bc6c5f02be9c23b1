"""Who may. An institution's lead connects its platforms; officers help; auditors look on."""

from __future__ import annotations

from django.db.models import QuerySet

from heitu.ground.lti.models import Platform
from heitu.ground.people.enums import PROVEN_BY_DOMAIN, Role
from heitu.ground.people.models import Institution, Person
from heitu.ground.people.rules import (
    can_manage_institution,
    can_see_members,
    institutions_with_visible_members,
    managed_institutions,
    verified_memberships,
)


def can_manage_platform(person: Person | None, platform: Platform) -> bool:
    """Register, approve and disable: the institution's lead, and officers."""
    return can_manage_institution(person, platform.institution)


def managed_platforms(person: Person | None) -> QuerySet[Platform]:
    return Platform.objects.filter(institution__in=managed_institutions(person))


def can_see_platform(person: Person | None, platform: Platform) -> bool:
    return can_see_members(person, platform.institution)


def visible_platforms(person: Person | None) -> QuerySet[Platform]:
    return Platform.objects.filter(institution__in=institutions_with_visible_members(person))


def can_be_launched(person: Person, institution: Institution) -> bool:
    """Whether a platform of the institution may sign the person in: nobody whose roles reach beyond what it can vouch for."""
    return person.is_active and all(
        held.role in PROVEN_BY_DOMAIN or (held.role == Role.LEAD and held.institution_id == institution.pk)
        for held in verified_memberships(person)
    )
