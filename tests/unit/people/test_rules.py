"""Predicate and scope agree, for every person of the cast and every object there is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import models

from heitu.ground.core.text import Text
from heitu.ground.people import actions, rules
from heitu.ground.people.enums import Role
from heitu.ground.people.models import (
    ApiToken,
    ImportRun,
    Institution,
    Invitation,
    Membership,
    Notification,
    Person,
    Team,
)
from tests.factories import NOW, a_person, a_team
from tests.people import Cast

PAIRS: list[tuple[type[models.Model], Callable[..., bool], Callable[..., models.QuerySet[Any]]]] = [
    (Institution, rules.can_manage_institution, rules.managed_institutions),
    (Institution, rules.can_see_members, rules.institutions_with_visible_members),
    (Institution, rules.can_create_team_at, rules.institutions_for_teams),
    (Membership, rules.can_see_membership, rules.visible_memberships),
    (Membership, rules.can_verify_membership, rules.verifiable_memberships),
    (Membership, rules.can_end_membership, rules.endable_memberships),
    (Team, rules.can_see_team, rules.visible_teams),
    (Team, rules.can_manage_team, rules.managed_teams),
    (Invitation, rules.can_see_invitation, rules.visible_invitations),
    (Invitation, rules.can_revoke_invitation, rules.revocable_invitations),
    (Notification, rules.can_see_notification, rules.visible_notifications),
    (ApiToken, rules.can_revoke_token, rules.revocable_tokens),
    (ImportRun, rules.can_see_import, rules.visible_imports),
]


@pytest.fixture
def everybody(cast: Cast) -> dict[str, Person | None]:
    """The cast, a university lead besides, and at least one object of every kind in every state."""
    lead = a_person(role=Role.LEAD, institution=cast.university)
    a_team(members=[cast.he])
    waiting = actions.join(person=cast.he, institution=cast.university, role=Role.TEACHER, by=cast.he, now=NOW)
    own = actions.join(person=lead, institution=cast.university, role=Role.OPERATOR, by=lead, now=NOW)
    actions.join(person=cast.gao, institution=cast.company, role=Role.OWNER, by=cast.gao, now=NOW)
    actions.turn_down(membership=waiting, by=lead, now=NOW)
    actions.end_membership(membership=own, by=lead, now=NOW)
    actions.invite(email="a@x.example", team=cast.dengta, by=cast.lin, now=NOW)
    actions.invite(email="b@x.example", role=Role.TEACHER, institution=cast.university, by=lead, now=NOW)
    gone = actions.invite(email="c@x.example", role=Role.EXPERT, by=cast.chen, now=NOW)
    actions.revoke(invitation=gone, by=cast.chen, now=NOW)
    actions.notify(people=[cast.lin, cast.he], kind="test", title=Text(zh="一"), now=NOW)
    token, _ = actions.create_token(name="a", scopes=["read"], by=cast.lin, now=NOW)
    actions.create_token(name="b", scopes=["read"], by=cast.he, now=NOW)
    actions.revoke_token(token=token, by=cast.lin, now=NOW)
    bad = b"email,name,role\nx,,y\n"
    actions.import_members(institution=cast.university, file_name="m.csv", data=bad, by=lead, now=NOW)
    actions.import_institutions(file_name="i.csv", data=b"slug,name_zh,kind\n,,\nx,y,z\n", by=cast.chen, now=NOW)
    return {**cast.persons(), "lead": lead}


@pytest.mark.parametrize(("model", "predicate", "scope"), PAIRS, ids=lambda part: getattr(part, "__name__", ""))
def test_predicate_and_scope_agree(
    everybody: dict[str, Person | None],
    model: type[models.Model],
    predicate: Callable[..., bool],
    scope: Callable[..., models.QuerySet[Any]],
) -> None:
    rows = list(model._default_manager.all())
    assert rows
    for name, person in everybody.items():
        in_scope = set(scope(person).values_list("pk", flat=True))
        assert {row.pk for row in rows if predicate(person, row)} == in_scope, name


def test_the_outsider_and_the_visitor_get_nowhere(everybody: dict[str, Person | None], cast: Cast) -> None:
    for person in (cast.wu, None):
        assert not rules.visible_teams(person).exists()
        assert not rules.managed_institutions(person).exists()
        assert not rules.verifiable_memberships(person).exists()


def test_who_was_switched_off_holds_no_role(cast: Cast) -> None:
    cast.chen.is_active = False
    assert not rules.is_officer(cast.chen)
