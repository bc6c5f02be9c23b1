"""Accounts: made by sign-up, by an import or by the system; the profile."""

from __future__ import annotations

import zoneinfo
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email

from heitu.ground.audit.actions import record
from heitu.ground.core.errors import refuse
from heitu.ground.core.transactions import atomic
from heitu.ground.people.models import Person
from heitu.ground.people.queries import person_by_email

MOST_LETTERS = 254  # of an address: RFC 5321's path, without its brackets


@atomic
def register(
    *,
    email: str,
    name: str,
    by: Person | None,
    now: datetime,
    name_latin: str = "",
    language: str = "zh-hans",
    password: str | None = None,
    confirmed: bool = False,
) -> Person:
    """Make an account for somebody else; without a password, the person sets one through “forgotten password”.

    `confirmed` says that the address is known to be the person's own.
    Raises Refused `email_malformed` or `email_taken`.
    """
    _require_address(email)
    if person_by_email(email):
        raise refuse(
            "email_taken", f"邮箱 {email} 已有账号。", f"There is already an account for {email}.", field="email"
        )
    person = Person.objects.create_user(
        email, password, name=name, name_latin=name_latin, language=language, joined_at=now
    )
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=confirmed)
    record(action="person.registered", by=by, now=now, subject=person)
    return person


def _require_address(email: str) -> None:
    try:
        validate_email(email)
        MaxLengthValidator(MOST_LETTERS)(email)
    except ValidationError:
        raise refuse(
            "email_malformed", f"“{email}”不是邮箱地址。", f"“{email}” is not an e-mail address.", field="email"
        ) from None


def greet(*, person: Person, by: Person | None, now: datetime) -> None:
    """Enter into the audit trail that a person signed up: the account itself was made by the sign-up form."""
    record(action="person.signed_up", by=by, now=now, subject=person)


@atomic
def change_profile(
    *,
    person: Person,
    name: str,
    name_latin: str,
    language: str,
    time_zone: str,
    wants_mail: bool,
    by: Person | None,
    now: datetime,
) -> Person:
    """Raises Refused `language_unknown` or `time_zone_unknown`."""
    if language not in dict(settings.LANGUAGES):
        raise refuse("language_unknown", "没有这种语言。", "There is no such language.", field="language")
    if time_zone not in zoneinfo.available_timezones():
        raise refuse("time_zone_unknown", "没有这个时区。", "There is no such time zone.", field="time_zone")
    new = {
        "name": name, "name_latin": name_latin, "language": language, "time_zone": time_zone, "wants_mail": wants_mail,
    }
    changed = sorted(field for field, value in new.items() if getattr(person, field) != value)
    for field in changed:
        setattr(person, field, new[field])
    if changed:
        person.save(update_fields=changed)
        record(action="person.changed", by=by, now=now, subject=person, detail={"fields": changed})
    return person


@atomic
def stop_mail(*, person: Person, by: Person | None, now: datetime) -> None:
    """Send no more notifications by mail; asking twice is no error."""
    if Person.objects.filter(pk=person.pk, wants_mail=True).update(wants_mail=False):
        person.wants_mail = False
        record(action="person.unsubscribed", by=by, now=now, subject=person)
