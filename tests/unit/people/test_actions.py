from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from heitu.ground.audit.models import AuditEntry
from heitu.ground.core.errors import Refused
from heitu.ground.core.text import Text
from heitu.ground.people import actions
from heitu.ground.people.enums import Role, Verification
from heitu.ground.people.models import Invitation, Membership, Notification, TeamMember
from heitu.ground.people.queries import has_role, lead_of
from tests.factories import NOW, a_person, a_team, an_institution
from tests.people import Cast


def refusal(code: str) -> pytest.RaisesExc[Refused]:
    return pytest.raises(Refused, match=f"^{code}:")


def told(kind: str) -> set[str]:
    return set(Notification.objects.filter(kind=kind).values_list("person__email", flat=True))


def test_several_colleagues_join_a_team_at_once_or_none_does(cast: Cast) -> None:
    team, outsider = a_team(), a_person()
    people = [a_person(role=Role.STUDENT, institution=team.institution) for _ in range(3)]
    audited = AuditEntry.objects.filter(action="team.joined")
    before = audited.count()
    with refusal("invite_instead"):
        actions.add_members(team=team, people=[*people, outsider], by=None, now=NOW)
    assert audited.count() == before
    assert {place.person for place in actions.add_members(team=team, people=people, by=None, now=NOW)} == set(people)
    assert audited.count() == before + 3
    assert told("team_joined") >= {person.email for person in people}
    with refusal("already_in_team"):
        actions.add_members(team=team, people=people[:1], by=None, now=NOW)


def test_an_address_at_the_domain_verifies_a_student_at_once(cast: Cast) -> None:
    newcomer = a_person(email="zhang@cs.yunling.edu.example")
    held = actions.join(person=newcomer, institution=cast.university, role=Role.STUDENT, by=newcomer, now=NOW)
    assert held.verification == Verification.VERIFIED
    assert has_role(newcomer, Role.STUDENT, cast.university)


@pytest.mark.parametrize(("email", "role"), [
    ("zhang@notyunling.edu.example", Role.STUDENT),  # another domain that ends alike
    ("zhang@yunling.edu.example", Role.LEAD),  # a domain doesn't say who leads
])
def test_everything_else_waits_for_somebody(cast: Cast, email: str, role: Role) -> None:
    newcomer = a_person(email=email)
    held = actions.join(person=newcomer, institution=cast.university, role=role, by=newcomer, now=NOW)
    assert held.verification == Verification.PENDING
    assert not has_role(newcomer, role)
    assert told("membership_waiting") == {"chen@heitu.example"}


def test_an_unconfirmed_address_proves_nothing(cast: Cast) -> None:
    newcomer = actions.register(email="zhang@yunling.edu.example", name="张", by=None, now=NOW)
    held = actions.join(person=newcomer, institution=cast.university, role=Role.STUDENT, by=newcomer, now=NOW)
    assert held.verification == Verification.PENDING


def test_the_institutions_lead_is_asked_before_officers(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    actions.join(person=cast.he, institution=cast.university, role=Role.TEACHER, by=cast.he, now=NOW)
    assert told("membership_waiting") == {lead.email}


def test_verifying_tells_the_person_and_works_once(cast: Cast) -> None:
    held = actions.join(person=cast.he, institution=cast.company, role=Role.OWNER, by=cast.he, now=NOW)
    actions.verify(membership=held, by=cast.chen, now=NOW)
    assert has_role(cast.he, Role.OWNER, cast.company)
    assert told("membership_decided") == {cast.he.email}
    with refusal("membership_decided"):
        actions.turn_down(membership=held, by=cast.chen, now=NOW)


def test_whoever_was_turned_down_may_ask_again(cast: Cast) -> None:
    held = actions.join(person=cast.he, institution=cast.company, role=Role.OWNER, by=cast.he, now=NOW)
    with refusal("membership_exists"):
        actions.join(person=cast.he, institution=cast.company, role=Role.OWNER, by=cast.he, now=NOW)
    actions.turn_down(membership=held, by=cast.chen, now=NOW, reason="请补工作证明")
    again = actions.join(person=cast.he, institution=cast.company, role=Role.OWNER, by=cast.he, now=NOW)
    assert again.pk != held.pk


def test_roles_go_where_they_belong(cast: Cast) -> None:
    with refusal("role_misplaced"):
        actions.grant(person=cast.he, role=Role.TEACHER, by=cast.chen, now=NOW)
    with refusal("role_misplaced"):
        actions.grant(person=cast.he, role=Role.OFFICER, institution=cast.company, by=cast.chen, now=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(person=cast.he, role=Role.AUDITOR, institution=cast.company, since=NOW)


def test_a_lead_gives_roles_at_home_only(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    actions.grant(person=cast.he, role=Role.TEACHER, institution=cast.university, by=lead, now=NOW)
    for role, institution in ((Role.OWNER, cast.company), (Role.OFFICER, None)):
        with refusal("role_not_yours_to_give"):
            actions.grant(person=cast.he, role=role, institution=institution, by=lead, now=NOW)


def test_the_last_officer_stays(cast: Cast) -> None:
    held = cast.chen.current_memberships[0]
    with refusal("last_officer"):
        actions.end_membership(membership=held, by=cast.chen, now=NOW)
    a_person(role=Role.OFFICER)
    actions.end_membership(membership=held, by=cast.chen, now=NOW)
    assert not has_role(held.person, Role.OFFICER)


def test_every_write_leaves_one_line_in_the_audit_trail(cast: Cast) -> None:
    before = AuditEntry.objects.count()
    actions.create_institution(slug="x", name=Text(zh="甲"), kind="company", by=cast.chen, now=NOW)
    entry = AuditEntry.objects.latest("id")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.action, entry.actor) == ("institution.created", cast.chen)


def test_institutions_keep_their_names_and_domains_apart(cast: Cast) -> None:
    with refusal("institution_exists"):
        actions.create_institution(slug="yunling-university", name=Text(zh="甲"), kind="company", by=None, now=NOW)
    with refusal("institution_exists"):
        actions.create_institution(slug="new", name=Text(zh="甲"), kind="company", by=None, now=NOW)
    with refusal("domain_taken"):
        actions.create_institution(
            slug="x", name=Text(zh="甲"), kind="company", domain="yunling.edu.example", by=None, now=NOW
        )


def test_a_team_needs_a_lead_from_its_institution(cast: Cast) -> None:
    with refusal("not_your_institution"):
        actions.create_team(name="新队", institution=cast.university, lead=cast.he, by=cast.he, now=NOW)
    team = actions.create_team(name="新队", institution=cast.university, lead=cast.gao, by=cast.gao, now=NOW)
    assert team.slug == "team"
    assert lead_of(team) == cast.gao


@pytest.mark.parametrize(("name", "introduction", "code"), [
    (" ", Text(), "name_missing"), ("长" * 81, Text(), "text_too_long"), ("新队", Text(en="w" * 2001), "text_too_long"),
], ids=["blank", "long name", "long introduction"])
def test_a_teams_words_are_few(cast: Cast, name: str, introduction: Text, code: str) -> None:
    """Whichever way they come: the API asks no form."""
    words: dict[str, Any] = {"name": name, "introduction": introduction, "by": cast.gao, "now": NOW}
    with pytest.raises(Refused, match=code):
        actions.create_team(institution=cast.university, lead=cast.gao, **words)
    with pytest.raises(Refused, match=code):
        actions.change_team(team=a_team(institution=cast.university), **words)


def test_the_lead_leaves_only_after_handing_over(cast: Cast) -> None:
    with refusal("lead_stays"):
        actions.remove_member(team=cast.dengta, person=cast.lin, by=cast.lin, now=NOW)
    actions.hand_over(team=cast.dengta, person=cast.sun, by=cast.lin, now=NOW)
    actions.remove_member(team=cast.dengta, person=cast.lin, by=cast.lin, now=NOW)
    assert lead_of(cast.dengta) == cast.sun
    with refusal("not_in_team"):
        actions.hand_over(team=cast.dengta, person=cast.lin, by=cast.sun, now=NOW)


def test_the_database_too_refuses_a_team_without_lead(cast: Cast) -> None:
    TeamMember.objects.filter(team=cast.dengta).update(is_lead=False)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    TeamMember.objects.filter(team=cast.dengta, person=cast.lin).update(is_lead=True)


def test_colleagues_join_at_once_and_others_are_invited(cast: Cast) -> None:
    with refusal("invite_instead"):
        actions.add_member(team=cast.dengta, person=cast.he, by=cast.lin, now=NOW)
    actions.bring_in(team=cast.dengta, email=cast.gao.email, by=cast.lin, now=NOW)
    sent = actions.bring_in(team=cast.dengta, email=cast.he.email, by=cast.lin, now=NOW)
    assert isinstance(sent, Invitation)
    actions.accept(invitation=sent, by=cast.he, now=NOW + timedelta(days=1))
    assert set(cast.dengta.members.values_list("person", flat=True)) >= {cast.he.pk, cast.gao.pk}
    with refusal("already_in_team"):
        actions.bring_in(team=cast.dengta, email=cast.he.email, by=cast.lin, now=NOW)


def test_an_invitation_gives_the_role_to_whoever_has_the_address(cast: Cast) -> None:
    sent = actions.invite(email="HE@outside.example", role=Role.EXPERT, by=cast.chen, now=NOW)
    with refusal("invitation_for_another"):
        actions.accept(invitation=sent, by=cast.wu, now=NOW)
    actions.accept(invitation=sent, by=cast.he, now=NOW)
    assert has_role(cast.he, Role.EXPERT)
    assert told("invitation_accepted") == {cast.chen.email}
    with refusal("invitation_used"):
        actions.accept(invitation=sent, by=cast.he, now=NOW)


def test_an_invitation_ends_by_time_or_by_being_withdrawn(cast: Cast) -> None:
    old = actions.invite(email=cast.he.email, role=Role.EXPERT, by=cast.chen, now=NOW)
    with refusal("invitation_expired"):
        actions.accept(invitation=old, by=cast.he, now=NOW + timedelta(days=14))
    new = actions.invite(email=cast.he.email, role=Role.EXPERT, by=cast.chen, now=NOW)  # takes the old one's place
    with refusal("invitation_revoked"):
        actions.accept(invitation=old, by=cast.he, now=NOW)
    actions.revoke(invitation=new, by=cast.chen, now=NOW)
    with refusal("invitation_revoked"):
        actions.revoke(invitation=new, by=cast.chen, now=NOW)


def test_an_invitation_is_worth_what_its_sender_may_still_give(cast: Cast) -> None:
    lead = a_person(role=Role.LEAD, institution=cast.university)
    sent = actions.invite(email=cast.he.email, role=Role.TEACHER, institution=cast.university, by=lead, now=NOW)
    actions.end_membership(membership=lead.current_memberships[0], by=cast.chen, now=NOW)
    with refusal("role_not_yours_to_give"):
        actions.accept(invitation=Invitation.objects.get(pk=sent.pk), by=cast.he, now=NOW)
    assert not has_role(cast.he, Role.TEACHER)


def test_nobody_invites_to_what_is_not_theirs(cast: Cast) -> None:
    with refusal("role_not_yours_to_give"):
        actions.invite(email="x@x.example", role=Role.OFFICER, by=cast.lin, now=NOW)
    with refusal("team_not_yours"):
        actions.invite(email="x@x.example", team=cast.dengta, by=cast.sun, now=NOW)
    with refusal("membership_exists"):
        actions.invite(email=cast.wu.email, role=Role.EXPERT, by=cast.chen, now=NOW)


def test_the_profile_takes_only_languages_and_zones_that_exist(cast: Cast) -> None:
    good: dict[str, Any] = {
        "name": "林", "name_latin": "Lin", "language": "en", "time_zone": "Europe/Berlin", "wants_mail": False,
    }
    actions.change_profile(person=cast.lin, **good, by=cast.lin, now=NOW)
    cast.lin.refresh_from_db()
    assert (cast.lin.language, cast.lin.wants_mail) == ("en", False)
    for field, value in (("language", "fr"), ("time_zone", "Moon/Sea")):
        with refusal(f"{field}_unknown"):
            actions.change_profile(person=cast.lin, **{**good, field: value}, by=cast.lin, now=NOW)


def test_factories_make_what_they_say(db: None) -> None:
    home = an_institution()
    guest = a_person()
    team = a_team(institution=home, members=[guest])
    assert team.members.count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["not-an-email", "", "a@b", "x" * 300 + "@new.example"])
def test_an_account_has_an_address_that_mail_can_reach(address: str) -> None:
    with pytest.raises(Refused, match="email_malformed"):
        actions.register(email=address, name="甲", by=None, now=NOW)
