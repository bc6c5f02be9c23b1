"""Issue, sign and revoke."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import connection

from heitu.engines.lifecycle.queries import programme_of
from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.text import Text
from heitu.ground.core.transactions import atomic
from heitu.ground.people.actions import notify
from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.credentials import alignments, evidence, issuer, queries
from heitu.stages.credentials.badge import document, proofs, statuslist, tokens
from heitu.stages.credentials.models import Credential

MOST_REASON = 200


@atomic
def issue(*, application: Application, by: Person | None, now: datetime) -> list[Credential]:
    """Give every present member of the team a credential for this case; whoever has one already keeps it.

    Answers the new ones. They are complete but unsigned: a signature takes milliseconds that a move can't spare,
    so the queue adds it, or whoever looks first (`sign`).
    """
    people = _people_without(application)
    indexes = _next_indexes(len(people))
    achievement, proven = _achievement(application), evidence.of(application, site=issuer.site())
    new = [
        _credential(person, application, achievement, proven, index, now)
        for person, index in zip(people, indexes, strict=True)
    ]
    Credential.objects.bulk_create(new)
    if new:
        detail = {"credentials": [str(credential.pk) for credential in new]}
        record(action="credentials.issued", by=by, now=now, subject=application, detail=detail)
        _tell_issued(new, now)
    return new


def sign(*, credential: Credential, now: datetime) -> Credential:
    """Add both signatures, once. Whoever comes second gets what the first one signed."""
    if credential.signed_at is None:
        key = issuer.signing_key()
        bare = credential.document
        as_token = document.with_status(bare, queries.list_address(credential.status_index, "jwt"))
        Credential.objects.filter(pk=credential.pk, signed_at__isnull=True).update(
            document=proofs.sign(bare, key=key, now=now), jwt=tokens.sign(as_token, key=key, now=now), signed_at=now
        )
        credential.refresh_from_db(fields=["document", "jwt", "signed_at"])
    return credential


def sign_waiting(*, now: datetime, most: int = 500) -> int:
    """Sign what has waited longest; answers how many."""
    waiting = Credential.objects.filter(signed_at__isnull=True).order_by("issued_at")[:most]
    return len([sign(credential=credential, now=now) for credential in waiting])


@atomic
def revoke(*, credential: Credential, by: Person | None, now: datetime, reason: str) -> Credential:
    """Set its bit in the revocation lists, for good. Raises Refused `reason_missing`, `already_revoked`."""
    reason = reason.strip()
    if not reason or len(reason) > MOST_REASON:
        raise refuse(
            "reason_missing", f"请写明撤销原因（不超过 {MOST_REASON} 字），持有人会看到。",
            f"Give the reason (at most {MOST_REASON} characters); the holder will read it.", field="reason",
        )
    locked = Credential.objects.select_for_update(of=("self",)).select_related("person").get(pk=credential.pk)
    if locked.revoked_at is not None:
        raise refuse("already_revoked", "此证书已被撤销。", "This credential is already revoked.")
    locked.revoked_at, locked.revoked_by, locked.revocation_reason = now, by, reason
    locked.save(update_fields=["revoked_at", "revoked_by", "revocation_reason"])
    record(action="credentials.revoked", by=by, now=now, subject=locked, detail={"reason": reason})
    _tell_revoked(locked, now)
    return locked


def _people_without(application: Application) -> list[Person]:
    """The team's present members who have no credential for this case, the lead first."""
    present = application.team.members.filter(left_at__isnull=True).select_related("person")
    holders = set(application.credentials.values_list("person_id", flat=True))
    members = [member for member in present.order_by("-is_lead", "pk") if member.person_id not in holders]
    return [member.person for member in members]


def _next_indexes(count: int) -> list[int]:
    """Bits that nobody else will get, even from transactions that are open now."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('credentials_status_index') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def _credential(
    person: Person, application: Application, achievement: document.Achievement, proven: document.Proven,
    index: int, now: datetime,
) -> Credential:
    identity = uuid.uuid4()
    site = issuer.site()
    return Credential(
        id=identity, person=person, application=application, title=achievement.name, status_index=index,
        skills=[skill.code for skill in achievement.skills], issued_at=now,
        document=document.credential(
            address=f"{site}/credentials/{identity}",
            issuer=issuer.profile(),
            holder=document.Holder(f"{site}/people/{person.pk}/", person.name, person.email, secrets.token_hex(8)),
            achievement=achievement,
            evidence=proven,
            status=_status(index),
            issued_at=now,
        ),
    )


def _status(index: int) -> dict[str, Any]:
    return statuslist.entry(address=queries.list_address(index, "json"), index=index % statuslist.SIZE)


def _achievement(application: Application) -> document.Achievement:
    call, site = application.call, issuer.site()
    programme = programme_of(application.case).title
    return document.Achievement(
        id=f"{site}{call.get_absolute_url()}",
        name=call.title,
        description=call.summary or call.title,
        criteria=Text(
            zh=f"在{programme.zh}中完成任务 {call.number}：申报通过评审，交付通过验收，并已结算。",
            en=f"Completed {call.number} in {programme.en}: selected by review, delivered, accepted and settled.",
        ),
        skills=tuple(
            document.Skill(slug, document.both(title), f"{site}/skills/{slug}/")
            for slug, title in alignments.titles(call.skills).items()
        ),
    )


def _tell_issued(new: list[Credential], now: datetime) -> None:
    title = new[0].title
    notify(
        people=[credential.person for credential in new], kind="credential_issued", now=now, url="/credentials/",
        title=Text(zh=f"你获得了证书：{title.in_('zh')}", en=f"You earned a credential: {title.in_('en')}"),
        body=Text(zh="可以下载、打印，或把链接发给别人核验。",
                  en="Download it, print it, or send the link to whoever wants to verify it."),
    )


def _tell_revoked(credential: Credential, now: datetime) -> None:
    reason = credential.revocation_reason
    notify(
        people=[credential.person], kind="credential_revoked", now=now,
        title=Text(zh=f"证书已被撤销：{credential.title.in_('zh')}",
                   en=f"A credential was revoked: {credential.title.in_('en')}"),
        body=Text(zh=f"原因：{reason}", en=f"Reason: {reason}"),
        url=f"/credentials/{credential.pk}/",
    )
