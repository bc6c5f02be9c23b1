"""Roles: asked for, given, verified, ended."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import Refused, refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions.notifications import notify
from heitu.ground.people.enums import ECOSYSTEM_ROLES, LOCAL_ROLES, Role, Verification
from heitu.ground.people.models import Institution, Membership, Person
from heitu.ground.people.queries import grantable_roles, is_proven_by_domain, persons_with_role


@atomic
def join(*, person: Person, institution: Institution, role: str, by: Person | None, now: datetime) -> Membership:
    """Ask for a role at an institution: a confirmed address at its domain verifies a teacher or student at once,
    everything else waits for the institution's lead or an officer, who are told.

    Raises Refused `role_misplaced` or `membership_exists`.
    """
    proven = is_proven_by_domain(person, institution, role)
    verification = Verification.VERIFIED if proven else Verification.PENDING
    membership = _enter(person, institution, role, verification, by, now)
    if not proven:
        _tell_verifiers(membership, now)
    return membership


@atomic
def grant(
    *, person: Person, role: str, by: Person | None, now: datetime, institution: Institution | None = None
) -> Membership:
    """Give a verified role; one that is waiting or was turned down becomes verified.

    Raises Refused `role_misplaced`, `role_not_yours_to_give` or `membership_exists`.
    """
    check_fit(role, institution)
    check_grantable(by, role, institution)
    waiting = _current(person, institution, role).exclude(verification=Verification.VERIFIED).first()
    if waiting:
        return _decide(waiting, Verification.VERIFIED, by, now)
    return _enter(person, institution, role, Verification.VERIFIED, by, now)


@atomic
def verify(*, membership: Membership, by: Person | None, now: datetime) -> Membership:
    """Raises Refused `membership_decided`."""
    return _answer(membership, Verification.VERIFIED, "", by, now)


@atomic
def turn_down(*, membership: Membership, by: Person | None, now: datetime, reason: str = "") -> Membership:
    """Raises Refused `membership_decided`."""
    return _answer(membership, Verification.REFUSED, reason, by, now)


@atomic
def end_membership(*, membership: Membership, by: Person | None, now: datetime) -> Membership:
    """Raises Refused `membership_ended` or `last_officer`: somebody must be left who can let others in."""
    held = Membership.objects.select_for_update().get(pk=membership.pk)
    if held.until is not None:
        raise refuse("membership_ended", "这一身份已经结束。", "This role has already ended.")
    officers = persons_with_role(Role.OFFICER)
    if held.role == Role.OFFICER and not officers.exclude(pk=held.person_id).exists():
        raise refuse(
            "last_officer", "这是最后一位运营，请先指定另一位。", "This is the last officer. Appoint another one first."
        )
    membership.until = max(now, held.since)
    membership.save(update_fields=["until"])
    membership.person.forget_memberships()
    record(action="membership.ended", by=by, now=now, subject=membership)
    return membership


def check_fit(role: str, institution: Institution | None) -> None:
    """Raises Refused `role_misplaced` if the role needs an institution and has none, or the other way round."""
    if institution is None and role in LOCAL_ROLES - {Role.STUDENT}:
        raise refuse("role_misplaced", "这一身份须属于一个机构。", "This role belongs to an institution.", field="role")
    if institution is not None and role in ECOSYSTEM_ROLES:
        raise refuse(
            "role_misplaced", "这一身份面向整个生态，不属于某一机构。",
            "This role is towards the whole ecosystem, not one institution.", field="role",
        )


def check_grantable(by: Person | None, role: str, institution: Institution | None) -> None:
    """Raises Refused `role_not_yours_to_give`."""
    if by is not None and role not in grantable_roles(by, institution):
        raise refuse("role_not_yours_to_give", "您无权授予这一身份。", "You may not give this role.", field="role")


def already_held(role: str) -> Refused:
    title = Role(role).text
    return refuse(
        "membership_exists", f"已有“{title.zh}”身份（或正在核验）。",
        f"The role “{title.en}” is already held or waiting.", field="role",
    )


def _enter(
    person: Person, institution: Institution | None, role: str, verification: str, by: Person | None, now: datetime
) -> Membership:
    check_fit(role, institution)
    previous = _current(person, institution, role).first()
    if previous and previous.verification != Verification.REFUSED:
        raise already_held(role)
    if previous:  # turned down before: asking again closes the old entry
        previous.until = max(now, previous.since)
        previous.save(update_fields=["until"])
    membership = Membership.objects.create(
        person=person, institution=institution, role=role, verification=verification, since=now
    )
    person.forget_memberships()
    detail = {"role": role, "verification": verification, "institution": institution.slug if institution else None}
    record(action="membership.entered", by=by, now=now, subject=membership, detail=detail)
    return membership


def _answer(membership: Membership, verification: str, reason: str, by: Person | None, now: datetime) -> Membership:
    held = Membership.objects.select_for_update().get(pk=membership.pk)
    if held.verification != Verification.PENDING or held.until is not None:
        raise refuse("membership_decided", "这一申请已处理。", "This request has already been dealt with.")
    _decide(membership, verification, by, now, reason)
    title, name = Role(membership.role).text, Text(zh="黑土", en="Heitu")
    if membership.institution:
        name = membership.institution.name
    good = verification == Verification.VERIFIED
    notify(
        people=[membership.person],
        kind="membership_decided",
        title=Text(
            zh=f"{name.in_('zh')}：{title.zh}身份{'已核验' if good else '未通过核验'}",
            en=f"{name.in_('en')}: your role as {title.en.lower()} was {'verified' if good else 'not verified'}",
        ),
        body=Text(zh=reason, en=reason),
        url=reverse("people:profile"),
        now=now,
    )
    return membership


def _decide(
    membership: Membership, verification: str, by: Person | None, now: datetime, reason: str = ""
) -> Membership:
    membership.verification = verification
    membership.save(update_fields=["verification"])
    membership.person.forget_memberships()
    detail = {"verification": verification, "reason": reason}
    record(action="membership.decided", by=by, now=now, subject=membership, detail=detail)
    return membership


def _tell_verifiers(membership: Membership, now: datetime) -> None:
    """The institution's leads, or the officers where it has none."""
    institution = membership.institution
    if institution is None:
        return
    leads = persons_with_role(Role.LEAD, institution).exclude(pk=membership.person_id)
    title = Role(membership.role).text
    notify(
        people=leads or persons_with_role(Role.OFFICER).exclude(pk=membership.person_id),
        kind="membership_waiting",
        title=Text(
            zh=f"{membership.person.name} 申请成为 {institution.name.in_('zh')} 的{title.zh}",
            en=f"{membership.person.name} asks to be {title.en.lower()} at {institution.name.in_('en')}",
        ),
        url=reverse("people:members", args=[institution.slug]),
        now=now,
    )


def _current(person: Person, institution: Institution | None, role: str) -> QuerySet[Membership]:
    return Membership.objects.filter(person=person, institution=institution, role=role, until__isnull=True)
