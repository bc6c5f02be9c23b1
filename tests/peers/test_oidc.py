"""Signing in through a provider that others wrote: the whole round of redirects, with our side set up by configuration."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from heitu.ground.people.models import Person
from tests.factories import NOW
from tests.peers.provider import CALLBACK, configured, running, sign_in_there
from tests.people import PASSWORD, Cast, make_cast

LOGIN = "/accounts/oidc/campus/login/"


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with running("http://testserver") as address:
        yield address


@pytest.fixture(autouse=True)
def _set_up(provider: str, settings: Any, db: None) -> Iterator[None]:
    cache.clear()
    with configured(provider, settings):
        yield


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast(NOW)


def leave(client: Client, process: str = "login") -> str:
    """Press “continue” here; return where that leads."""
    assert "云岭统一认证" in client.get(f"{LOGIN}?process={process}").content.decode()
    answer = client.post(f"{LOGIN}?process={process}")
    assert answer.status_code == 302
    return str(answer["Location"])


def come_by(client: Client, login: str, process: str = "login") -> Any:
    """Through the provider and back, as `login` there."""
    return client.get(sign_in_there(leave(client, process), login))


def is_in(client: Client) -> bool:
    return client.get(reverse("people:profile")).status_code == 200


def test_a_newcomer_gets_an_account_and_later_the_same_one(client: Client) -> None:
    assert come_by(client, "zheng")["Location"] == reverse("home")
    person = Person.objects.get()
    assert (person.name, person.email, person.has_usable_password()) == ("郑新", "zheng@new.example", False)
    assert EmailAddress.objects.get().verified
    assert is_in(client)
    again = Client()
    assert come_by(again, "zheng")["Location"] == reverse("home")
    assert is_in(again)
    assert Person.objects.count() == 1


def test_who_has_no_password_is_not_locked_out_of_the_account(client: Client) -> None:
    come_by(client, "zheng")
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_what_is_asked_of_the_provider(client: Client, provider: str) -> None:
    address = urlsplit(leave(client))
    asked = {name: values[0] for name, values in parse_qs(address.query).items()}
    assert f"{address.scheme}://{address.netloc}" == provider
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert asked["redirect_uri"] == f"http://testserver{CALLBACK}"
    assert set(asked["scope"].split()) == {"openid", "profile", "email"}
    assert len(asked["nonce"]) >= 22, "128 bits in base64"
    assert parse_qs(urlsplit(leave(client)).query)["nonce"] != [asked["nonce"]]


def test_an_address_that_the_provider_does_not_vouch_for_is_confirmed_by_mail(
    client: Client, mailoutbox: list[EmailMessage]
) -> None:
    come_by(client, "doubtful")
    assert not is_in(client)
    assert not EmailAddress.objects.get().verified
    assert mailoutbox[0].to == ["doubtful@new.example"]
    code = re.search(r"^([A-Z0-9-]{6,})$", str(mailoutbox[0].body), re.MULTILINE)
    assert code
    client.post(reverse("account_email_verification_sent"), {"code": code[1]})
    assert is_in(client)


def test_nobody_gets_another_persons_account_by_its_address(
    cast: Cast, client: Client, mailoutbox: list[EmailMessage]
) -> None:
    assert cast.lin.email == "lin@yunling.edu.example"
    come_by(client, "thief")
    assert not is_in(client)
    assert not SocialAccount.objects.exists()
    assert [sent.to for sent in mailoutbox] == [[cast.lin.email]]
    assert not re.search(r"^([A-Z0-9-]{6,})$", str(mailoutbox[0].body), re.MULTILINE), "no code that would let one in"


def test_without_an_address_the_form_asks_for_one(client: Client) -> None:
    assert come_by(client, "nameless")["Location"] == reverse("socialaccount_signup")
    assert client.get(reverse("socialaccount_signup")).status_code == 200
    client.post(reverse("socialaccount_signup"), {"name": "吴名", "email": "wu@new.example"})
    assert not is_in(client), "the address is to be confirmed first"
    assert Person.objects.get().email == "wu@new.example"


def test_an_account_is_connected_by_its_owner_and_disconnected(cast: Cast, client: Client) -> None:
    client.post(reverse("account_login"), {"login": cast.lin.email, "password": PASSWORD})
    come_by(client, "thief", process="connect")
    assert not SocialAccount.objects.exists(), "not before the password was given once more"
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    connected = SocialAccount.objects.get()
    assert connected.user == cast.lin
    assert "lin@yunling.edu.example" in client.get(reverse("socialaccount_connections")).content.decode()
    other = Client()
    come_by(other, "thief")
    assert is_in(other)
    client.post(reverse("socialaccount_connections"), {"account": connected.pk})
    assert not SocialAccount.objects.exists()


def refused(answer: HttpResponse, client: Client) -> bool:
    """A page that says that it went wrong, and nobody signed in."""
    page = answer.content.decode()
    return ("Sign-in did not succeed" in page or "登录没有成功" in page) and not is_in(client)


def test_a_foreign_or_used_state_is_refused(client: Client) -> None:
    back = sign_in_there(leave(client), "zheng")
    stranger = Client()
    assert refused(stranger.get(back), stranger), "somebody else's browser was sent there"
    forged = re.sub(r"state=[^&]+", "state=forged", back)
    assert refused(client.get(forged), client)
    assert client.get(back).status_code == 302
    client.logout()
    assert refused(client.get(back), client), "the code was used"
    assert Person.objects.count() == 1


def test_a_code_from_another_browser_is_refused(client: Client) -> None:
    """Before the nonce is looked at: the proof key of the one who set out doesn't fit the code."""
    mine, theirs = leave(client), sign_in_there(leave(Client()), "zheng")
    state = parse_qs(urlsplit(mine).query)["state"][0]
    code = parse_qs(urlsplit(theirs).query)["code"][0]
    assert refused(client.get(f"{CALLBACK}?code={code}&state={state}"), client)
    assert not Person.objects.exists()


@pytest.mark.parametrize("kept", ["that of another sign-in", None])
def test_a_token_that_was_made_for_another_sign_in_is_refused(client: Client, kept: str | None) -> None:
    back = sign_in_there(leave(client), "zheng")
    session = client.session
    for state, _, _ in session["socialaccount_states"].values():
        assert state.pop("nonce")
        state["nonce"] = kept
    session.save()
    assert refused(client.get(back), client)
    assert not Person.objects.exists()


@pytest.mark.parametrize(("error", "shown"), [("access_denied", "已取消登录"), ("server_error", "登录没有成功")])
def test_the_providers_own_refusals(client: Client, error: str, shown: str) -> None:
    state = parse_qs(urlsplit(leave(client)).query)["state"][0]
    page = client.get(f"{CALLBACK}?error={error}&state={state}", follow=True)
    assert shown in page.content.decode()


def test_a_wrong_secret_is_refused(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["secret"] = "wrong"
    assert refused(come_by(client, "zheng"), client)


def test_a_provider_that_is_down_is_said_to_be(client: Client, settings: Any) -> None:
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["server_url"] = "http://127.0.0.1:9"
    assert refused(client.post(LOGIN), client)


def test_an_unknown_provider_is_not_found(client: Client) -> None:
    assert client.get("/accounts/oidc/elsewhere/login/").status_code == 404
