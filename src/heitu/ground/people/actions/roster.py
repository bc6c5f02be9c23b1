"""Entering many members of one institution in a few statements."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.urls import reverse

from heitu.ground.core.text import Text
from heitu.ground.people.actions.notifications import notify
from heitu.ground.people.enums import Verification
from heitu.ground.people.models import Institution, Membership, Person

Cells = dict[str, str]


def enter_members(*, rows: Sequence[Cells], institution: Institution, now: datetime) -> tuple[int, int]:
    """Give every row's person the row's role, verified; `rows` were checked (email, name, name_latin, role).

    Return how many memberships were created and how many that waited or were refused became verified.
    Part of an import, which opens the transaction and enters it into the audit trail.
    """
    persons = enter_persons(rows=rows, now=now)
    wanted = {(persons[row["email"].lower()].pk, row["role"]) for row in rows}
    current = Membership.objects.filter(institution=institution, until__isnull=True)
    held = {(membership.person_id, membership.role): membership for membership in current}
    waiting = [held[key].pk for key in wanted & held.keys() if held[key].verification != Verification.VERIFIED]
    Membership.objects.filter(pk__in=waiting).update(verification=Verification.VERIFIED)
    new = [
        Membership(
            person_id=person, institution=institution, role=role, verification=Verification.VERIFIED, since=now
        )
        for person, role in sorted(wanted - held.keys())
    ]
    Membership.objects.bulk_create(new, batch_size=500)
    return len(new), len(waiting)


def enter_persons(*, rows: Sequence[Cells], now: datetime) -> dict[str, Person]:
    """The person of every address in the table (email, name, name_latin), with accounts made for those who had none, who
    are told. Part of an import, as above.
    """
    names = {row["email"].lower(): row for row in rows}
    found = _known(list(names))
    new = [
        Person(
            email=email, name=row["name"], name_latin=row.get("name_latin", ""), password=make_password(None),
            joined_at=now,
        )
        for email, row in names.items()
        if email not in found
    ]
    Person.objects.bulk_create(new, batch_size=500)
    EmailAddress.objects.bulk_create(
        [EmailAddress(user=person, email=person.email, primary=True, verified=False) for person in new], batch_size=500
    )
    notify(
        people=new,
        kind="account_made",
        title=Text(zh="您的黑土账号已建立", en="Your Heitu account is ready"),
        body=Text(zh="请用此邮箱设置密码，然后登录。", en="Set a password with this address, then sign in."),
        url=reverse("account_reset_password"),
        now=now,
    )
    return found | {person.email: person for person in new}


def _known(emails: list[str]) -> dict[str, Person]:
    """Persons by any of `emails` that is their account's or that they have confirmed."""
    confirmed = EmailAddress.objects.filter(email__in=emails, verified=True).select_related("user")
    found: dict[str, Person] = {str(address.email).lower(): address.user for address in confirmed}
    return found | {person.email: person for person in Person.objects.filter(email__in=emails)}
