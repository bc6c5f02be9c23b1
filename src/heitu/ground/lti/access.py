"""Access tokens of platforms, by our signature (1EdTech Security Framework 1.0, 4.1: client credentials with a signed JWT)."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from django.core.cache import cache

from heitu.ground.core.errors import refuse
from heitu.ground.lti import wire
from heitu.ground.lti.models import Platform
from heitu.ground.lti.ourkeys import signed

ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SECONDS = 300  # that our signature is good for
MARGIN = 60


def token_for(platform: Platform, scopes: tuple[str, ...], now: datetime) -> str:
    """From the cache that all processes share, else from the platform. Raises Refused."""
    key = _name(platform, scopes)
    kept = cache.get(key)
    if isinstance(kept, str):
        return kept
    token, seconds = _asked(platform, scopes, now)
    if seconds > MARGIN:
        cache.set(key, token, seconds - MARGIN)
    return token


def forget(platform: Platform, scopes: tuple[str, ...]) -> None:
    """One that the platform takes no more."""
    cache.delete(_name(platform, scopes))


def _name(platform: Platform, scopes: tuple[str, ...]) -> str:
    what = "\n".join((platform.token_url, platform.client_id, *sorted(scopes)))
    return f"lti:{platform.pk}:{hashlib.sha256(what.encode()).hexdigest()}"


def _asked(platform: Platform, scopes: tuple[str, ...], now: datetime) -> tuple[str, int]:
    at = int(now.timestamp())
    assertion = signed({
        "iss": platform.client_id, "sub": platform.client_id, "aud": platform.token_audience or platform.token_url,
        "iat": at, "exp": at + SECONDS, "jti": secrets.token_urlsafe(16),
    }, platform=platform, now=now)
    given = wire.json_of(wire.call("POST", platform.token_url, data={
        "grant_type": "client_credentials", "client_assertion_type": ASSERTION, "client_assertion": assertion,
        "scope": " ".join(scopes),
    }))
    token = given.get("access_token") if isinstance(given, dict) else None
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise refuse("no_access", "平台没有给出访问令牌。", "The platform gives no access token.")
    seconds = given.get("expires_in")
    return token, seconds if isinstance(seconds, int) else 0
