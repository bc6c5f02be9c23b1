"""Short ways to make what a test needs and doesn't care about, through the product's own actions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from heitu.ground.core.text import Text
from heitu.ground.people.actions import add_member, create_institution, create_team, grant, register
from heitu.ground.people.enums import InstitutionKind, Role
from heitu.ground.people.models import Institution, Person, Team

NOW = datetime(2026, 3, 16, 9, 30, tzinfo=UTC)
_numbers = count(1)


def an_institution(
    *, kind: InstitutionKind = InstitutionKind.UNIVERSITY, region: str = "江苏", domain: str | None = None,
    now: datetime = NOW,
) -> Institution:
    number = next(_numbers)
    return create_institution(
        slug=f"institution-{number}", name=Text(zh=f"第{number}大学", en=f"University {number}"), kind=kind,
        region=region, domain=f"u{number}.example" if domain is None else domain, by=None, now=now,
    )


def a_person(
    *, role: Role | None = None, institution: Institution | None = None, email: str = "", now: datetime = NOW
) -> Person:
    """A person with a confirmed address, and `role` (at `institution`) if given. They can't sign in by password."""
    number = next(_numbers)
    person = register(
        email=email or f"person{number}@people.example", name=f"人{number}", name_latin=f"Person {number}",
        confirmed=True, by=None, now=now,
    )
    if role:
        grant(person=person, role=role, institution=institution, by=None, now=now)
    return person


def a_team(
    *, institution: Institution | None = None, lead: Person | None = None, members: Sequence[Person] = (),
    now: datetime = NOW,
) -> Team:
    """A team with a lead (made if not given) and `members`, wherever these belong."""
    number = next(_numbers)
    home = institution or an_institution(now=now)
    head = lead or a_person(role=Role.TEACHER, institution=home, now=now)
    team = create_team(name=f"队{number}", slug=f"team-{number}", institution=home, lead=head, by=None, now=now)
    for person in members:
        add_member(team=team, person=person, by=None, now=now, invited=True)
    return team
