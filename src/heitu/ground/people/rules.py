"""Who may. Each rule is a pair: a predicate on one object and the scope of objects for which it holds.

A person of None is a visitor who has not signed in.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from heitu.ground.people.enums import Role, Verification
from heitu.ground.people.models import (
    ApiToken,
    ImportRun,
    Institution,
    Invitation,
    Membership,
    Notification,
    Person,
    Team,
    TeamMember,
)


def has_role(person: Person | None, role: str, institution: Institution | None = None) -> bool:
    """Whether `person` holds the verified role now: at `institution`, or anywhere if none is named."""
    return any(
        held.role == role and (institution is None or held.institution_id == institution.pk)
        for held in verified_memberships(person)
    )


def verified_memberships(person: Person | None) -> list[Membership]:
    """The person's memberships in force; an account that was switched off has none."""
    if person is None or not person.is_active:
        return []
    return [held for held in person.current_memberships if held.verification == Verification.VERIFIED]


def own_institutions(person: Person | None) -> list[Institution]:
    """The institutions that the person belongs to, verified, first joined first."""
    found = {held.institution.pk: held.institution for held in verified_memberships(person) if held.institution}
    return list(found.values())


def is_officer(person: Person | None) -> bool:
    return has_role(person, Role.OFFICER)


def is_auditor(person: Person | None) -> bool:
    return has_role(person, Role.AUDITOR)


def is_finance(person: Person | None) -> bool:
    return has_role(person, Role.FINANCE)


def is_expert(person: Person | None) -> bool:
    return has_role(person, Role.EXPERT)


def sees_everything(person: Person | None) -> bool:
    """Officers run the ecosystem, auditors read it."""
    return is_officer(person) or is_auditor(person)


# Institutions: anybody sees them; officers and the institution's own leads manage them.


def can_manage_institution(person: Person | None, institution: Institution) -> bool:
    return is_officer(person) or has_role(person, Role.LEAD, institution)


def managed_institutions(person: Person | None) -> QuerySet[Institution]:
    if is_officer(person):
        return Institution.objects.all()
    return Institution.objects.filter(pk__in=_led(person))


def can_see_members(person: Person | None, institution: Institution) -> bool:
    return is_auditor(person) or can_manage_institution(person, institution)


def institutions_with_visible_members(person: Person | None) -> QuerySet[Institution]:
    return Institution.objects.all() if sees_everything(person) else managed_institutions(person)


# Memberships


def can_see_membership(person: Person | None, membership: Membership) -> bool:
    if person is None:
        return False
    own = membership.person_id == person.pk
    return own or sees_everything(person) or membership.institution_id in _led(person)


def visible_memberships(person: Person | None) -> QuerySet[Membership]:
    if person is None:
        return Membership.objects.none()
    if sees_everything(person):
        return Membership.objects.all()
    return Membership.objects.filter(Q(person=person) | Q(institution__in=_led(person)))


def can_verify_membership(person: Person | None, membership: Membership) -> bool:
    """Officers and the institution's leads, never for oneself."""
    if person is None or membership.person_id == person.pk or not _is_waiting(membership):
        return False
    return is_officer(person) or membership.institution_id in _led(person)


def verifiable_memberships(person: Person | None) -> QuerySet[Membership]:
    if person is None:
        return Membership.objects.none()
    waiting = Membership.objects.filter(verification=Verification.PENDING, until__isnull=True).exclude(person=person)
    return waiting if is_officer(person) else waiting.filter(institution__in=_led(person))


def can_end_membership(person: Person | None, membership: Membership) -> bool:
    """One's own, or that of somebody whom one manages."""
    if person is None or membership.until is not None:
        return False
    return membership.person_id == person.pk or is_officer(person) or membership.institution_id in _led(person)


def endable_memberships(person: Person | None) -> QuerySet[Membership]:
    if person is None:
        return Membership.objects.none()
    current = Membership.objects.filter(until__isnull=True)
    return current if is_officer(person) else current.filter(Q(person=person) | Q(institution__in=_led(person)))


# Teams: seen by their members, by colleagues at the institution, and by those who run or audit the ecosystem.


def can_see_team(person: Person | None, team: Team) -> bool:
    if person is None:
        return False
    colleague = team.institution_id in {institution.pk for institution in own_institutions(person)}
    return sees_everything(person) or is_finance(person) or colleague or is_in_team(person, team)


def visible_teams(person: Person | None) -> QuerySet[Team]:
    if person is None:
        return Team.objects.none()
    if sees_everything(person) or is_finance(person):
        return Team.objects.all()
    present = TeamMember.objects.filter(person=person, left_at__isnull=True)
    return Team.objects.filter(Q(institution__in=own_institutions(person)) | Q(pk__in=present.values("team")))


def can_manage_team(person: Person | None, team: Team) -> bool:
    return is_officer(person) or is_lead_of(person, team)


def managed_teams(person: Person | None) -> QuerySet[Team]:
    if is_officer(person):
        return Team.objects.all()
    leading = TeamMember.objects.filter(person=person, left_at__isnull=True, is_lead=True)
    return Team.objects.filter(pk__in=leading.values("team"))


def can_create_team_at(person: Person | None, institution: Institution) -> bool:
    """Any verified member of the institution, and officers."""
    return is_officer(person) or institution.pk in {own.pk for own in own_institutions(person)}


def institutions_for_teams(person: Person | None) -> QuerySet[Institution]:
    if is_officer(person):
        return Institution.objects.all()
    return Institution.objects.filter(pk__in=[own.pk for own in own_institutions(person)])


def is_in_team(person: Person | None, team: Team) -> bool:
    return person is not None and team.members.filter(person=person, left_at__isnull=True).exists()


def is_lead_of(person: Person | None, team: Team) -> bool:
    return person is not None and team.members.filter(person=person, left_at__isnull=True, is_lead=True).exists()


# Invitations


def can_see_invitation(person: Person | None, invitation: Invitation) -> bool:
    if person is None:
        return False
    if sees_everything(person) or invitation.invited_by_id == person.pk or invitation.institution_id in _led(person):
        return True
    return invitation.team is not None and is_lead_of(person, invitation.team)


def visible_invitations(person: Person | None) -> QuerySet[Invitation]:
    if person is None:
        return Invitation.objects.none()
    return Invitation.objects.all() if sees_everything(person) else _own_invitations(person)


def can_revoke_invitation(person: Person | None, invitation: Invitation) -> bool:
    if invitation.accepted_at is not None or invitation.revoked_at is not None:
        return False
    return can_see_invitation(person, invitation) and (is_officer(person) or not is_auditor(person))


def revocable_invitations(person: Person | None) -> QuerySet[Invitation]:
    if person is None or (is_auditor(person) and not is_officer(person)):
        return Invitation.objects.none()
    return visible_invitations(person).filter(accepted_at__isnull=True, revoked_at__isnull=True)


def _own_invitations(person: Person) -> QuerySet[Invitation]:
    return Invitation.objects.filter(
        Q(invited_by=person) | Q(institution__in=_led(person)) | Q(team__in=managed_teams(person))
    )


# What is one's own


def can_see_notification(person: Person | None, notification: Notification) -> bool:
    return person is not None and notification.person_id == person.pk


def visible_notifications(person: Person | None) -> QuerySet[Notification]:
    return Notification.objects.filter(person=person) if person else Notification.objects.none()


def can_revoke_token(person: Person | None, token: ApiToken) -> bool:
    return person is not None and token.person_id == person.pk and token.revoked_at is None


def revocable_tokens(person: Person | None) -> QuerySet[ApiToken]:
    own = ApiToken.objects.filter(person=person, revoked_at__isnull=True)
    return own if person else ApiToken.objects.none()


# Imports: those of institutions belong to officers, those of members to whoever manages the institution.


def can_see_import(person: Person | None, run: ImportRun) -> bool:
    return sees_everything(person) or (run.institution_id is not None and run.institution_id in _led(person))


def visible_imports(person: Person | None) -> QuerySet[ImportRun]:
    if sees_everything(person):
        return ImportRun.objects.all()
    return ImportRun.objects.filter(institution__in=_led(person))


def _led(person: Person | None) -> set[int]:
    """Ids of the institutions that the person leads."""
    return {
        held.institution_id
        for held in verified_memberships(person)
        if held.role == Role.LEAD and held.institution_id is not None
    }


def _is_waiting(membership: Membership) -> bool:
    return membership.verification == Verification.PENDING and membership.until is None
