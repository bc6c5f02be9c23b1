"""Our keys: with which tool messages and requests for access tokens are signed, and where others find them."""

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
from django.db import connection, transaction

from heitu.ground.audit.actions import record
from heitu.ground.core.secrets import secret
from heitu.ground.core.transactions import atomic
from heitu.ground.lti.models import Key

ALGORITHM = "RS256"
AHEAD = timedelta(days=3)  # platforms keep key sets for a day or two
AFTER = timedelta(days=7)
AGE = timedelta(days=90)
BITS = 2048


def signed(claims: Mapping[str, Any], *, now: datetime) -> str:
    key = current(now)
    return jwt.encode(dict(claims), _private(key.kid, key.private), algorithm=ALGORITHM, headers={"kid": key.kid})


def current(now: datetime) -> Key:
    """The key that signs; the first one is made when it is asked for."""
    found = Key.objects.filter(signs_from__lte=now).order_by("-signs_from", "-pk").first()
    return found or _first(now)


def published(now: datetime) -> list[Key]:
    """The key that signs, those that will, and those that did so until a few days ago."""
    current(now)
    keys, wanted = list(Key.objects.order_by("signs_from", "pk")), []
    for key, successor in zip(keys, [*keys[1:], None], strict=True):
        if successor is None or successor.signs_from + AFTER > now:
            wanted.append(key)
    return wanted


@atomic
def rotate(*, now: datetime) -> Key:
    """A new key: published from now on, signing in a few days."""
    return _made(now, signs_from=now + AHEAD)


def is_due(now: datetime) -> bool:
    newest = Key.objects.order_by("-signs_from").first()
    return newest is not None and newest.signs_from + AGE <= now


@transaction.atomic
def _first(now: datetime) -> Key:
    with connection.cursor() as cursor:  # two processes that ask at once make one
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('lti.key'))")
    return Key.objects.filter(signs_from__lte=now).first() or _made(now, signs_from=now)


def _made(now: datetime, *, signs_from: datetime) -> Key:
    private, kid = generate_private_key(public_exponent=65537, key_size=BITS), secrets.token_hex(8)
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(private.public_key()))
    made = Key.objects.create(
        kid=kid, private=_packed(private), published_at=now, signs_from=signs_from,
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
