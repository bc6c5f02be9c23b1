"""VC-JWT: a credential as the payload of a compact JSON Web Signature with EdDSA (Open Badges 3.0, section 8.2)."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from heitu.stages.credentials.badge.keys import Key
from heitu.stages.credentials.badge.plain import loads
from heitu.stages.credentials.badge.proofs import Forged, Unsigned


def sign(document: dict[str, Any], *, key: Key, now: datetime) -> str:
    """A compact token; registered claims repeat issuer, id and subject of the credential."""
    claims = {
        **document,
        "iss": issuer_of(document),
        "jti": document["id"],
        "nbf": int(datetime.fromisoformat(document["validFrom"]).timestamp()),
        "iat": int(now.timestamp()),
    }
    subject = document["credentialSubject"].get("id")
    if subject:
        claims["sub"] = subject
    head = _part({"alg": "EdDSA", "kid": key.id, "typ": "JWT"})
    signed = f"{head}.{_part(claims)}"
    return f"{signed}.{_encode(key.private.sign(signed.encode()))}"


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, payload) before any check of the signature. Raises Unsigned for what isn't such a token."""
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise Unsigned("not a compact token")
    try:
        header, payload = (loads(_decode(part)) for part in parts[:2])
    except ValueError as error:
        raise Unsigned(str(error)) from None
    if not isinstance(header, dict) or not isinstance(payload, dict):
        raise Unsigned("header or payload is not an object")
    if header.get("alg") != "EdDSA" or "crit" in header or not isinstance(header.get("kid"), str):
        raise Unsigned("not signed with EdDSA by a named key")
    return header, payload


def verify(token: str, public: Ed25519PublicKey) -> None:
    """Check signature and registered claims. Raises Unsigned or Forged."""
    signed, _, signature = token.strip().rpartition(".")
    try:
        public.verify(_decode(signature), signed.encode())
    except (InvalidSignature, ValueError):
        raise Forged("the signature doesn't fit") from None
    payload = read(token)[1]
    if payload.get("iss") != issuer_of(payload) or payload.get("jti") != payload.get("id"):
        raise Forged("the registered claims contradict the credential")


def issuer_of(document: dict[str, Any]) -> str | None:
    """The issuer's id, given alone or in a profile."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else None


def _part(value: dict[str, Any]) -> str:
    return _encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def _encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ValueError("not base64url") from error
