"""How django-allauth makes and greets persons here, and how second factors are kept."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from heitu.ground.core import clock
from heitu.ground.core.secrets import secret
from heitu.ground.core.text import language_of
from heitu.ground.people import mail
from heitu.ground.people.actions import greet
from heitu.ground.people.models import Person
from heitu.ground.people.oidc import require_nonce


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up by e-mail and password."""

    def new_user(self, request: HttpRequest) -> Person:
        return newcomer()

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        user.name = form.cleaned_data.get("name", "")
        super().save_user(request, user, form, commit)
        if commit:
            greet(person=user, by=user, now=clock.now())
        return user

    def post_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse:
        """From here on the pages speak the person's own language."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        remember_language(response, user)
        return response

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """In the language of the account, else of the page that the visitor is on."""
        user = context.get("user")
        with mail.speaking(user.language if isinstance(user, Person) else get_language()):
            super().send_mail(template_prefix, email, context)


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    """Sign-in through the OpenID Connect providers that the operator configured."""

    def new_user(self, request: HttpRequest, sociallogin: Any) -> Person:
        return newcomer()

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:
        require_nonce(sociallogin)

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> Person:
        person: Person = super().populate_user(request, sociallogin, data)
        spoken = " ".join(str(data.get(part) or "") for part in ("first_name", "last_name"))
        person.name = str(data.get("name") or spoken).strip()[:80] or person.email.partition("@")[0]
        person.email = person.email.lower()
        return person

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> Person:
        person: Person = super().save_user(request, sociallogin, form=form)
        greet(person=person, by=person, now=clock.now())
        return person


class MFAAdapter(DefaultMFAAdapter):
    """Second factors; the TOTP secrets lie encrypted in the database, under a key that doesn't."""

    def encrypt(self, text: str) -> str:
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _box().decrypt(encrypted_text.encode()).decode()

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": "Heitu"}


def newcomer() -> Person:
    """A person who isn't saved yet, with the language of the page that they came by."""
    language = "en" if language_of(get_language()) == "en" else "zh-hans"
    return Person(joined_at=clock.now(), language=language)


def remember_language(response: HttpResponse, person: Person) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, person.language, max_age=365 * 24 * 3600,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )


def _box() -> Fernet:
    return Fernet(urlsafe_b64encode(bytes.fromhex(secret(settings.HOME, "mfa"))))
