"""Our keys: with which tool messages and requests for access tokens are signed, and where others find them.

Each platform has its own: what we sign for one institution's platform is worth nothing at another's, whatever client ID and
token address somebody registers.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from django.conf import settings
from django.db import transaction
from django.db.models import Max, QuerySet

from heitu.ground.audit.actions import record
from heitu.ground.core.secrets import secret
from heitu.ground.core.transactions import atomic
from heitu.ground.lti.models import Key, Platform

ALGORITHM = "RS256"
AHEAD = timedelta(days=3)  # platforms keep key sets for a day or two
AFTER = timedelta(days=7)
AGE = timedelta(days=90)
BITS = 2048


def signed(claims: Mapping[str, Any], *, platform: Platform, now: datetime) -> str:
    key = current(platform, now)
    return jwt.encode(dict(claims), _private(key.kid, key.private), algorithm=ALGORITHM, headers={"kid": key.kid})


def current(platform: Platform, now: datetime) -> Key:
    """The key that signs; the first one is made when it is asked for."""
    return _signing(platform, now) or _first(platform, now)


def _signing(platform: Platform, now: datetime) -> Key | None:
    return platform.our_keys.filter(signs_from__lte=now).order_by("-signs_from", "-pk").first()


def published(platform: Platform, now: datetime) -> list[Key]:
    """The key that signs, those that will, and those that did so until a few days ago."""
    current(platform, now)
    keys, wanted = list(platform.our_keys.order_by("signs_from", "pk")), []
    for key, successor in zip(keys, [*keys[1:], None], strict=True):
        if successor is None or successor.signs_from + AFTER > now:
            wanted.append(key)
    return wanted


@atomic
def rotate(*, platform: Platform, now: datetime) -> Key:
    """A new key: published from now on, signing in a few days."""
    return _made(platform, now, signs_from=now + AHEAD)


def due(now: datetime) -> QuerySet[Platform]:
    """Platforms whose newest key has signed for long enough."""
    return Platform.objects.annotate(newest=Max("our_keys__signs_from")).filter(newest__lte=now - AGE)


@transaction.atomic
def _first(platform: Platform, now: datetime) -> Key:
    Platform.objects.select_for_update().get(pk=platform.pk)  # two processes that ask at once make one
    return _signing(platform, now) or _made(platform, now, signs_from=now)


def _made(platform: Platform, now: datetime, *, signs_from: datetime) -> Key:
    private, kid = generate_private_key(public_exponent=65537, key_size=BITS), secrets.token_hex(8)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
    made = Key.objects.create(
        platform=platform, kid=kid, private=_packed(private), published_at=now, signs_from=signs_from,
        public={name: public[name] for name in ("kty", "n", "e")} | {"kid": kid, "alg": ALGORITHM, "use": "sig"},
    )
    record(action="lti.key_made", by=None, now=now, subject=made, detail={"signs_from": signs_from.isoformat()})
    return made


def _packed(private: RSAPrivateKey) -> str:
    """Whoever has the database alone can't sign."""
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(_password())).decode()


@lru_cache(maxsize=8)
def _private(kid: str, pem: str) -> RSAPrivateKey:
    """Unpacked once for each process: the password is stretched on purpose."""
    key = load_pem_private_key(pem.encode(), _password())
    assert isinstance(key, RSAPrivateKey), kid
    return key


def _password() -> bytes:
    return secret(settings.HOME, "lti").encode()
