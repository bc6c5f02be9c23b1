"""Doors that only a browser opens: passkeys, a code that changes, and a provider at another address."""

from __future__ import annotations

import re
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache

from heitu.ground.core import clock
from heitu.ground.people.models import Person
from tests.peers.provider import configured, running
from tests.people import PASSWORD, Cast, make_cast

pytestmark = pytest.mark.django_db(transaction=True)
HOME = re.compile(r"^http://[^/]+/$")


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    cache.clear()
    return make_cast(clock.now())


def by_password(window: Any, email: str) -> None:
    window.goto("/accounts/login/")
    window.fill("#id_login", email)
    window.fill("#id_password", PASSWORD)
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_load_state()


def confirm(window: Any) -> None:
    """Pages about the account's safety ask for the password once more."""
    window.fill("#id_password", PASSWORD)
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_load_state()


def sign_out(window: Any) -> None:
    window.goto("/accounts/logout/")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_load_state()
    window.goto("/me/")
    assert "/accounts/login/" in window.url


def with_authenticator(window: Any) -> Any:
    """A device that verifies its owner and always agrees; gives the session to ask about it."""
    devices = window.context.new_cdp_session(window)
    devices.send("WebAuthn.enable")
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }})
    return devices


def test_a_passkey_is_added_and_signs_in(page: Any, cast: Cast) -> None:
    window = page("/accounts/login/", language="en")
    with_authenticator(window)
    by_password(window, cast.lin.email)
    window.goto("/accounts/2fa/webauthn/add/")
    confirm(window)
    window.fill("#id_name", "My laptop")
    window.check("#id_passwordless")
    window.click("#mfa_webauthn_add")
    window.wait_for_url("**/recovery-codes/**")
    kept = Authenticator.objects.get(type=Authenticator.Type.WEBAUTHN)
    assert (kept.user, kept.wrap().name, kept.wrap().is_passwordless) == (cast.lin, "My laptop", True)
    sign_out(window)
    window.goto("/accounts/login/")
    window.click("#passkey_login")
    window.wait_for_url(HOME)
    window.goto("/me/")
    assert window.url.endswith("/me/")
    assert cast.lin.name in window.inner_text("body")


def test_a_passkey_is_the_second_step_too(page: Any, cast: Cast) -> None:
    window = page("/accounts/login/")
    with_authenticator(window)
    by_password(window, cast.lin.email)
    window.goto("/accounts/2fa/webauthn/add/")
    confirm(window)
    window.fill("#id_name", "安全密钥")
    window.click("#mfa_webauthn_add")
    window.wait_for_url("**/recovery-codes/**")
    sign_out(window)
    by_password(window, cast.lin.email)
    assert "/2fa/authenticate/" in window.url
    window.click("#mfa_webauthn_authenticate")
    window.wait_for_url(HOME)


def code_for(secret: str, later: int = 0) -> str:
    """What the app shows now, or `later` turns from now: the same code isn't taken twice."""
    counter = list(yield_hotp_counters_from_time())[-1] + later
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_a_changing_code_and_a_recovery_code(page: Any, cast: Cast) -> None:
    window = page("/accounts/login/")
    by_password(window, cast.lin.email)
    window.goto("/accounts/2fa/totp/activate/")
    confirm(window)
    secret = window.inner_text("#secret code").strip()
    window.fill("#id_code", "000000")
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_selector("#id_code[aria-invalid=true]")
    secret = window.inner_text("#secret code").strip()
    window.fill("#id_code", code_for(secret))
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_url("**/recovery-codes/**")
    codes = window.inner_text("#recovery_codes code").split()
    assert len(codes) == 10
    for given in (lambda: code_for(secret), lambda: codes[0]):
        cache.clear()  # a code is taken once in its half minute; the test doesn't wait for the next
        sign_out(window)
        by_password(window, cast.lin.email)
        assert "/2fa/authenticate/" in window.url
        window.fill("#id_code", given())  # made now: signing in may take longer than a code lasts
        window.locator("main form button[type=submit]").first.click()
        window.wait_for_url(HOME)
    sign_out(window)
    by_password(window, cast.lin.email)
    window.fill("#id_code", codes[0])
    window.locator("main form button[type=submit]").first.click()
    window.wait_for_selector("#id_code[aria-invalid=true]")


def test_through_a_provider_at_another_address(page: Any, live_server: Any, settings: Any, cast: Cast) -> None:
    with running(live_server.url) as address, configured(address, settings):
        window = page("/accounts/login/")
        window.click("text=云岭统一认证")
        window.locator("main form button[type=submit]").first.click()
        window.wait_for_url(f"{address}/interaction/*")
        window.fill("input[name=login]", "zheng")
        window.fill("input[name=password]", "any")
        window.click("button[type=submit]")
        window.click("button[type=submit]")  # agrees
        window.wait_for_url(f"{live_server.url}/")
        window.goto("/me/")
        assert Person.objects.get(email="zheng@new.example").name in window.inner_text("body")
