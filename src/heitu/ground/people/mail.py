"""The mails of this package: what they say, and the signed links in them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from heitu.ground.core.text import language_of
from heitu.ground.people.models import Invitation, Notification, Person

_INVITATION = "heitu.people.invitation"
_UNSUBSCRIBE = "heitu.people.unsubscribe"


def notification_mail(notification: Notification) -> EmailMessage:
    """To the person, in the person's language, with a way out in the text and for mail programs (RFC 8058)."""
    person = notification.person
    unsubscribe = absolute(reverse("people:unsubscribe", args=[unsubscribe_token(person)]))
    url = absolute(notification.url or reverse("people:notifications"))
    with speaking(person.language):
        language = language_of(person.language)
        body = render_to_string(
            "people/mail/notification.txt",
            {
                "person": person,
                "title": notification.title.in_(language),
                "words": notification.body.in_(language),
                "url": url,
                "unsubscribe": unsubscribe,
            },
        )
        subject = settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + notification.title.in_(language)
    headers = {"List-Unsubscribe": f"<{unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(_one_line(subject), body, to=[person.email], headers=headers)


def invitation_mail(invitation: Invitation) -> EmailMessage:
    """In both languages, since nobody knows which one the guest reads."""
    url = absolute(reverse("people:invitation", args=[invitation_token(invitation)]))
    body = render_to_string("people/mail/invitation.txt", {"invitation": invitation, "url": url})
    name, offer = invitation.invited_by.name, invitation.offer
    subject = f"{name} 邀请您：{offer.zh} · You are invited: {offer.en}"
    return EmailMessage(_one_line(settings.ACCOUNT_EMAIL_SUBJECT_PREFIX + subject), body, to=[invitation.email])


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Render in the language of `code`, one of the two that there are."""
    with translation.override("en" if language_of(code) == "en" else "zh-hans"):
        yield


def absolute(path: str) -> str:
    return path if path.startswith(("http://", "https://")) else settings.SITE_URL.rstrip("/") + path


def invitation_token(invitation: Invitation) -> str:
    return signing.Signer(salt=_INVITATION).sign(str(invitation.pk))


def invitation_of(token: str) -> Invitation | None:
    """The invitation of a link from a mail; None if the link was tampered with or is gone."""
    key = _unsign(token, _INVITATION)
    found = Invitation.objects.select_related("institution", "team", "invited_by")
    return found.filter(pk=key).first() if key else None


def unsubscribe_token(person: Person) -> str:
    return signing.Signer(salt=_UNSUBSCRIBE).sign(str(person.pk))


def person_unsubscribing(token: str) -> Person | None:
    key = _unsign(token, _UNSUBSCRIBE)
    return Person.objects.filter(pk=key).first() if key else None


def _unsign(token: str, salt: str) -> int | None:
    try:
        return int(signing.Signer(salt=salt).unsign(token))
    except (signing.BadSignature, ValueError):
        return None


def _one_line(subject: str) -> str:
    return " ".join(subject.split())
