"""A platform's public keys: kept in its row, so that every process of ours shares them; fetched anew when one is missing."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import jwt

from heitu.ground.core.errors import Refused, refuse
from heitu.ground.lti import wire
from heitu.ground.lti.models import Platform

FRESH = timedelta(hours=12)
PAUSE = timedelta(seconds=10)  # whoever sends made-up key ids can't make us ask more often
KINDS = {"RS256": "RSA", "RS384": "RSA", "RS512": "RSA", "ES256": "EC"}
LEAST_BITS = 2048


def key_of(platform: Platform, kid: str, algorithm: str, now: datetime) -> Any:
    """The public key called `kid`. Raises Refused `key_unknown`, `key_unfit`, or as `fetch` does where there is none yet."""
    if _is_stale(platform, now):
        _try_to_fetch(platform, now)
    found = _named(platform, kid)
    if found is None and _may_ask(platform, now):
        fetch(platform, now)
        found = _named(platform, kid)
    if found is None:
        raise refuse("key_unknown", "签名所用的密钥不在平台公布的密钥里。", "The platform publishes no such key as this was signed with.")
    return _usable(found, algorithm)


def fetch(platform: Platform, now: datetime) -> int:
    """Ask the platform and keep what it says; how many keys. Raises Refused where it doesn't answer with a key set."""
    Platform.objects.filter(pk=platform.pk).update(keys_tried_at=now)
    platform.keys_tried_at = now
    found = wire.json_of(wire.call("GET", platform.keys_url, headers={"Accept": "application/json"}))
    keys = found.get("keys") if isinstance(found, dict) else None
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise refuse("no_key_set", "平台的密钥地址没有给出密钥集（JWKS）。", "The platform's key address gives no key set (JWKS).")
    platform.keys, platform.keys_fetched_at = {"keys": keys}, now
    platform.save(update_fields=["keys", "keys_fetched_at"])
    return len(keys)


def _is_stale(platform: Platform, now: datetime) -> bool:
    return platform.keys_fetched_at is not None and platform.keys_fetched_at + FRESH < now and _may_ask(platform, now)


def _may_ask(platform: Platform, now: datetime) -> bool:
    return platform.keys_tried_at is None or platform.keys_tried_at + PAUSE < now


def _try_to_fetch(platform: Platform, now: datetime) -> None:
    """A platform whose key server is down for a while keeps launching with the keys that it had."""
    try:
        fetch(platform, now)
    except Refused:
        return


def _named(platform: Platform, kid: str) -> dict[str, Any] | None:
    keys = (platform.keys or {}).get("keys", [])
    return next((key for key in keys if key.get("kid") == kid), None)


def _usable(key: dict[str, Any], algorithm: str) -> Any:
    """Only public keys, long enough, of the kind that the algorithm wants."""
    unfit = refuse("key_unfit", "平台的这个密钥不能用来验证签名。", "This key of the platform can't check a signature.")
    if key.get("kty") != KINDS[algorithm] or "d" in key or key.get("use", "sig") != "sig":
        raise unfit
    try:
        found = jwt.PyJWK.from_dict(key, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        raise unfit from None
    if getattr(found, "key_size", 0) < (LEAST_BITS if key["kty"] == "RSA" else 256):
        raise unfit
    return found
