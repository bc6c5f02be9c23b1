"""Credentials as they are asked for: a person's, a case's, one by address, and what a verifier needs to know."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from heitu.ground.people.models import Person
from heitu.stages.applications.models import Application
from heitu.stages.credentials import issuer, rules
from heitu.stages.credentials.badge import drawing, keys, proofs, statuslist, tokens
from heitu.stages.credentials.badge.verifying import Form, Knowledge
from heitu.stages.credentials.models import Credential

# A list is good for this long; a copy that is older must be fetched again, so it can't hide a revocation.
GOOD_FOR = timedelta(days=2)


def with_case() -> QuerySet[Credential]:
    return Credential.objects.select_related("person", "application__call", "application__team")


def held_by(person: Person) -> QuerySet[Credential]:
    return with_case().filter(person=person)


def of_application(application: Application) -> QuerySet[Credential]:
    return with_case().filter(application=application).order_by("person__name", "pk")


def found(person: Person | None, words: str = "") -> QuerySet[Credential]:
    """The credentials that `person` may list, by holder, title or the call's number."""
    listable = rules.listable_by(person).select_related("person", "application__call", "application__team")
    if not words:
        return listable
    return listable.filter(
        Q(person__name__icontains=words) | Q(title__zh__icontains=words) | Q(title__en__icontains=words)
        | Q(application__call__number__iexact=words)
    )


def face(credential: Credential) -> drawing.Face:
    """What its picture says. The holder's name is the one that was signed, not a later one."""
    return drawing.Face(
        title=credential.title.zh or credential.title.en,
        second_title=credential.title.en if credential.title.zh else "",
        holder=holder_name(credential.document),
        issuer=issuer.profile().name.split(" · ")[0],
        day=credential.issued_at.astimezone(UTC).date().isoformat(),
        address=credential.document["id"],
    )


def holder_name(document: dict[str, Any]) -> str:
    """The plain name among a credential's identifiers; "" where there is none."""
    subject = document.get("credentialSubject")
    identifiers = subject.get("identifier") if isinstance(subject, dict) else None
    for identifier in identifiers if isinstance(identifiers, list) else []:
        if isinstance(identifier, dict) and identifier.get("identityType") == "name":
            return str(identifier.get("identityHash", ""))
    return ""


def list_address(index: int, form: Form) -> str:
    """The revocation list that holds this bit, in the form that credentials of the same form point to.

    Verifiers of tokens read lists as tokens, verifiers of Data Integrity documents read lists of their kind.
    """
    return f"{issuer.site()}/credentials/status/{index // statuslist.SIZE}.{form}"


def status_list(number: int, *, now: datetime) -> dict[str, Any]:
    """The signed list of this number as a document, made anew every hour and after each revocation."""
    return _signed_list(number, _revoked(number), _hour(now), issuer.signing_key())


def status_token(number: int, *, now: datetime) -> str:
    """The same as a VC-JWT."""
    return _list_token(number, _revoked(number), _hour(now), issuer.signing_key())


def knowledge() -> Knowledge:
    """What this site knows when it verifies."""
    return Knowledge(
        did=issuer.did(), keys={key.id: key.public for key in issuer.all_keys()}, revoked=is_revoked
    )


def is_revoked(address: str, index: int) -> bool | None:
    """Whether this bit is set in one of our own lists; None for anybody else's list."""
    own = re.fullmatch(re.escape(issuer.site()) + r"/credentials/status/(\d{1,6})\.(?:json|jwt)", address)
    if own is None or not 0 <= index < statuslist.SIZE:
        return None
    place = int(own[1]) * statuslist.SIZE + index
    return Credential.objects.filter(status_index=place, revoked_at__isnull=False).exists()


def did_document() -> dict[str, Any]:
    return keys.did_document(issuer.did(), issuer.all_keys())


def last_list() -> int:
    """The number of the newest revocation list; 0 while there are no credentials."""
    highest = Credential.objects.order_by("-status_index").values_list("status_index", flat=True).first()
    return (highest or 0) // statuslist.SIZE


def _revoked(number: int) -> tuple[int, ...]:
    first = number * statuslist.SIZE
    revoked = Credential.objects.filter(
        revoked_at__isnull=False, status_index__gte=first, status_index__lt=first + statuslist.SIZE
    )
    return tuple(index - first for index in revoked.order_by("status_index").values_list("status_index", flat=True))


def _hour(now: datetime) -> datetime:
    return now.replace(minute=0, second=0, microsecond=0)


def _list(number: int, revoked: tuple[int, ...], since: datetime, form: Form) -> dict[str, Any]:
    address = list_address(number * statuslist.SIZE, form)
    return statuslist.credential(
        address=address, issuer=issuer.did(), revoked=revoked, valid_from=since, good_for=GOOD_FOR
    )


@lru_cache(maxsize=16)
def _signed_list(number: int, revoked: tuple[int, ...], since: datetime, key: keys.Key) -> dict[str, Any]:
    return proofs.sign(_list(number, revoked, since, "json"), key=key, now=since)


@lru_cache(maxsize=16)
def _list_token(number: int, revoked: tuple[int, ...], since: datetime, key: keys.Key) -> str:
    return tokens.sign(_list(number, revoked, since, "jwt"), key=key, now=since)
