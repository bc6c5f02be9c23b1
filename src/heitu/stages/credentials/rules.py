"""Who may do what with a credential.

Whoever has a credential's address may see it: that is what it is for, and the address can't be guessed.
Lists are another matter.
"""

from __future__ import annotations

from django.db.models import QuerySet

from heitu.ground.people.models import Person
from heitu.ground.people.rules import is_officer, sees_everything
from heitu.stages.credentials.models import Credential


def may_list_all(person: Person | None) -> bool:
    return sees_everything(person)


def can_list(person: Person | None, credential: Credential) -> bool:
    """May find it in a list: its holder, officers and auditors."""
    return person is not None and (credential.person_id == person.pk or sees_everything(person))


def listable_by(person: Person | None) -> QuerySet[Credential]:
    if person is None:
        return Credential.objects.none()
    return Credential.objects.all() if sees_everything(person) else Credential.objects.filter(person=person)


def can_revoke(person: Person | None, credential: Credential) -> bool:
    """Officers, but nobody their own: a holder must not make a finding about themselves disappear."""
    return person is not None and credential.person_id != person.pk and is_officer(person)


def revocable_by(person: Person | None) -> QuerySet[Credential]:
    if person is None or not is_officer(person):
        return Credential.objects.none()
    return Credential.objects.exclude(person=person)
