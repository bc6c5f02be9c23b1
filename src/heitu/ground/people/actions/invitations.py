"""Invitations by mail to a role or into a team."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import localtime

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.queue import job
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions.memberships import already_held, check_fit, check_grantable, grant
from heitu.ground.people.actions.notifications import notify
from heitu.ground.people.actions.teams import add_member
from heitu.ground.people.models import Institution, Invitation, Person, Team, TeamMember
from heitu.ground.people.queries import confirmed_addresses, has_role, person_by_email
from heitu.ground.people.rules import can_manage_team, own_institutions

MAIL_INVITATION = "heitu.ground.people.tasks.mail_invitation"
LASTS = timedelta(days=14)


@atomic
def invite(
    *,
    email: str,
    by: Person,
    now: datetime,
    role: str = "",
    institution: Institution | None = None,
    team: Team | None = None,
) -> Invitation:
    """Offer a role (at `institution`, or towards the whole ecosystem) or a place in `team`; good for 14 days.

    The same offer to the same address replaces an open one, so its link starts anew.
    Raises Refused `role_misplaced`, `role_not_yours_to_give`, `team_not_yours`, `membership_exists`, `already_in_team`.
    """
    address = email.strip().lower()
    _check_offer(address, by, role, institution, team)
    _replace_open(address, by, role, institution, team, now)
    invitation = Invitation.objects.create(
        email=address, role=role, institution=institution, team=team, invited_by=by,
        created_at=now, expires_at=now + LASTS,
    )
    record(action="invitation.sent", by=by, now=now, subject=invitation, detail={"role": role})
    job(MAIL_INVITATION).defer(invitation=invitation.pk)
    return invitation


def bring_in(*, team: Team, email: str, by: Person, now: datetime) -> TeamMember | Invitation:
    """Add a verified colleague at once; whoever else has the address is invited and decides.

    Raises Refused as `add_member` and `invite` do.
    """
    known = person_by_email(email)
    if known and team.institution in own_institutions(known):
        return add_member(team=team, person=known, by=by, now=now)
    return invite(email=email, team=team, by=by, now=now)


@atomic
def accept(*, invitation: Invitation, by: Person, now: datetime) -> Invitation:
    """Take up the offer; only whoever has confirmed the address that was invited.

    Raises Refused `invitation_revoked`, `invitation_used`, `invitation_expired` or `invitation_for_another`.
    """
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    check_open(locked, now)
    if locked.email not in confirmed_addresses(by):
        raise refuse(
            "invitation_for_another", "邀请发给了另一个邮箱。请用该邮箱登录，或先把它加到您的账号并验证。",
            "This invitation went to another address. Sign in with it, or add it to your account and confirm it.",
        )
    invitation.accepted_at, invitation.accepted_by = now, by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    _fulfil(invitation, by, now)
    record(action="invitation.accepted", by=by, now=now, subject=invitation)
    words = Text(
        zh=f"{by.name} 接受了邀请：{invitation.offer.zh}",
        en=f"{by.name} accepted the invitation: {invitation.offer.en}",
    )
    notify(people=[invitation.invited_by], kind="invitation_accepted", title=words, now=now)
    return invitation


@atomic
def revoke(*, invitation: Invitation, by: Person | None, now: datetime) -> Invitation:
    """Raises Refused `invitation_used` or `invitation_revoked`; one that expired may still be cleared away."""
    locked = Invitation.objects.select_for_update().get(pk=invitation.pk)
    _check_unanswered(locked)
    invitation.revoked_at = now
    invitation.save(update_fields=["revoked_at"])
    record(action="invitation.revoked", by=by, now=now, subject=invitation)
    return invitation


def check_open(invitation: Invitation, now: datetime) -> None:
    """Raises Refused if the invitation can't be accepted any more, and says why."""
    _check_unanswered(invitation)
    if invitation.expires_at <= now:
        day = localtime(invitation.expires_at)
        raise refuse(
            "invitation_expired", f"邀请已于 {day:%Y-%m-%d} 过期，请联系邀请人重新发送。",
            f"The invitation expired on {day:%Y-%m-%d}. Ask for a new one.",
        )


def _check_unanswered(invitation: Invitation) -> None:
    if invitation.revoked_at is not None:
        raise refuse("invitation_revoked", "邀请已撤回。", "The invitation was withdrawn.")
    if invitation.accepted_at is not None:
        raise refuse("invitation_used", "邀请已被接受。", "The invitation has already been accepted.")


def _check_offer(
    address: str, by: Person, role: str, institution: Institution | None, team: Team | None
) -> None:
    known = person_by_email(address)
    if team is not None:
        if not can_manage_team(by, team):
            raise refuse("team_not_yours", "只有负责人可以邀请。", "Only the team's lead may invite.")
        if known and team.members.filter(person=known, left_at__isnull=True).exists():
            raise refuse("already_in_team", "对方已在团队中。", "This person is already in the team.", field="email")
        return
    check_fit(role, institution)
    check_grantable(by, role, institution)
    if known and has_role(known, role, institution):
        raise already_held(role)


def _replace_open(
    address: str, by: Person, role: str, institution: Institution | None, team: Team | None, now: datetime
) -> None:
    same = Invitation.objects.filter(email=address, role=role, institution=institution, team=team)
    for old in same.filter(accepted_at__isnull=True, revoked_at__isnull=True):
        revoke(invitation=old, by=by, now=now)


def _fulfil(invitation: Invitation, by: Person, now: datetime) -> None:
    """The inviter's right is asked again: whoever lost it since can't let anybody in."""
    if invitation.team is not None:
        if not can_manage_team(invitation.invited_by, invitation.team):
            raise refuse(
                "invitation_void", "邀请人已不再负责这个团队，请联系现在的负责人。",
                "Whoever invited you no longer leads the team. Ask its present lead.",
            )
        add_member(team=invitation.team, person=by, by=by, now=now, invited=True)
        return
    grant(
        person=by, role=invitation.role, institution=invitation.institution, by=invitation.invited_by, now=now
    )
