"""Signing up and in: by password, with a second step, through an invitation; and the look of every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import reverse

from heitu.ground.core import clock
from heitu.ground.people import mail
from heitu.ground.people.actions import invite
from heitu.ground.people.adapters import MFAAdapter
from heitu.ground.people.enums import Role
from heitu.ground.people.models import Person
from heitu.ground.people.queries import has_role
from tests.people import PASSWORD, Cast

CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture(autouse=True)
def _no_rate_left_over(db: None) -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def sign_in(client: Client, cast: Cast) -> str:
    """Sign Lin in by password; return where the answer leads."""
    answer = client.post(reverse("account_login"), {"login": cast.lin.email, "password": PASSWORD})
    assert answer.status_code == 302, answer.context["form"].errors
    return str(answer["Location"])


def confirm(client: Client) -> None:
    """Enter the password once more, as pages that concern the account's safety ask."""
    assert client.post(reverse("account_reauthenticate"), {"password": PASSWORD}).status_code == 302


def test_signing_up_needs_the_code_from_the_mail(client: Client, mailoutbox: list[EmailMessage]) -> None:
    given = {"name": "郑新", "email": "Zheng@New.example", "password1": "a black soil field"}
    answer = client.post(reverse("account_signup"), given, headers={"accept-language": "zh-hans"})
    assert answer["Location"] == reverse("account_email_verification_sent")
    person = Person.objects.get()
    assert (person.name, person.email, person.language) == ("郑新", "zheng@new.example", "zh-hans")
    assert client.get(reverse("people:profile")).status_code == 302
    code = re.search(r"^([A-Z0-9-]{6,})$", str(mailoutbox[0].body), re.MULTILINE)
    assert code
    assert "[黑土 Heitu]" in mailoutbox[0].subject
    client.post(reverse("account_email_verification_sent"), {"code": code[1]})
    assert client.get(reverse("people:profile")).status_code == 200


@pytest.mark.parametrize("password", ["short", "1234567890", "zhengxin@new"])
def test_a_weak_password_is_refused(client: Client, db: None, password: str) -> None:
    given = {"name": "郑新", "email": "zhengxin@new.example", "password1": password}
    assert client.post(reverse("account_signup"), given).status_code == 200
    assert not Person.objects.exists()


def test_signing_up_by_an_invitation_needs_no_code(cast: Cast, client: Client) -> None:
    sent = invite(email="new@x.example", role=Role.EXPERT, by=cast.chen, now=clock.now())
    link = reverse("people:invitation", args=[mail.invitation_token(sent)])
    assert f"?next={quote(link)}" in client.get(link).content.decode()
    given = {"name": "新", "email": "new@x.example", "password1": "a black soil field", "next": link}
    assert client.post(reverse("account_signup"), given)["Location"] == link
    client.post(link)
    assert has_role(Person.objects.get(email="new@x.example"), Role.EXPERT)


def test_signing_in_speaks_the_persons_language(cast: Cast, client: Client) -> None:
    cast.lin.language = "en"
    cast.lin.save()
    assert sign_in(client, cast) == reverse("home")
    assert client.cookies["django_language"].value == "en"


def test_guessing_passwords_is_slowed_down(cast: Cast, client: Client) -> None:
    for _ in range(10):
        client.post(reverse("account_login"), {"login": cast.lin.email, "password": "wrong"})
    answer = client.post(reverse("account_login"), {"login": cast.lin.email, "password": PASSWORD})
    assert answer.status_code != 302


def test_whoever_has_an_account_is_not_given_away(cast: Cast, client: Client, mailoutbox: list[EmailMessage]) -> None:
    known = client.post(reverse("account_reset_password"), {"email": cast.lin.email})
    unknown = client.post(reverse("account_reset_password"), {"email": "nobody@x.example"})
    assert known["Location"] == unknown["Location"]
    assert [sent.to for sent in mailoutbox] == [[cast.lin.email]]


def test_a_forgotten_password_is_set_anew(cast: Cast, client: Client, mailoutbox: list[EmailMessage]) -> None:
    client.post(reverse("account_reset_password"), {"email": cast.lin.email})
    link = re.search(r"http://testserver(\S+)", str(mailoutbox[0].body))
    assert link
    form = client.get(link[1], follow=True)
    changed = client.post(form.request["PATH_INFO"], {"password1": "a new black soil", "password2": "a new black soil"})
    assert changed.status_code == 302
    cast.lin.refresh_from_db()
    assert cast.lin.check_password("a new black soil")


def test_the_second_step(cast: Cast, client: Client) -> None:
    secret = generate_totp_secret()
    TOTP.activate(cast.lin, secret)
    kept = Authenticator.objects.get().data["secret"]
    assert kept != secret  # encrypted in the database
    assert MFAAdapter().decrypt(kept) == secret
    assert sign_in(client, cast) == reverse("mfa_authenticate")
    assert client.get(reverse("mfa_authenticate")).status_code == 200
    assert client.get(reverse("people:profile")).status_code == 302
    code = format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))
    assert client.post(reverse("mfa_authenticate"), {"code": code})["Location"] == reverse("home")
    assert client.get(reverse("people:profile")).status_code == 200


ENTRANCE = [
    "account_login", "account_signup", "account_inactive", "account_reset_password", "account_reset_password_done",
    "account_reset_password_from_key_done", "socialaccount_login_cancelled", "socialaccount_login_error",
]
OWN = [
    "account_email", "account_change_password", "account_logout", "account_reauthenticate", "mfa_index",
    "mfa_activate_totp", "mfa_list_webauthn", "mfa_add_webauthn", "socialaccount_connections",
]


@pytest.mark.parametrize("name", ENTRANCE)
def test_pages_before_the_door(client: Client, db: None, name: str) -> None:
    _check_look(client, reverse(name))


@pytest.mark.parametrize("name", OWN)
def test_pages_of_ones_own_account(cast: Cast, client: Client, name: str) -> None:
    sign_in(client, cast)
    confirm(client)
    _check_look(client, reverse(name))


def test_pages_of_the_second_step(cast: Cast, client: Client) -> None:
    sign_in(client, cast)
    confirm(client)
    TOTP.activate(cast.lin, generate_totp_secret())
    assert client.post(reverse("mfa_generate_recovery_codes")).status_code == 302
    for name in ("mfa_index", "mfa_view_recovery_codes", "mfa_generate_recovery_codes", "mfa_deactivate_totp",
                 "mfa_reauthenticate"):
        _check_look(client, reverse(name))


def _check_look(client: Client, address: str) -> None:
    """In the house's layout, every component rendered, and no Chinese in the English page but names."""
    chinese = client.get(address, headers={"accept-language": "zh-hans"})
    assert chinese.status_code in (200, 401), address
    page = chinese.content.decode()
    assert 'class="topbar"' in page
    assert "<c-" not in page
    client.cookies.pop("django_language", None)
    english = client.get(address, headers={"accept-language": "en"}).content.decode()
    main = english.split("<main", 1)[1].split("</main>", 1)[0]
    assert not CHINESE.findall(main.replace("林致远", "").replace("[黑土 Heitu]", "")), address
