"""The issuer's Ed25519 keys, and how others name them: Multikey, did:web, did:key."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlsplit

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

MULTICODEC_ED25519 = b"\xed\x01"


@dataclass(frozen=True)
class Key:
    """One signing key of the issuer `did`; its id is the DID with the public key itself as fragment."""

    did: str
    seed: bytes

    @cached_property
    def private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> Ed25519PublicKey:
        return self.private.public_key()

    @cached_property
    def id(self) -> str:
        return f"{self.did}#{multikey(self.public)}"


def did_web(site: str) -> str:
    """https://heitu.example/campus → did:web:heitu.example:campus (W3C CCG did:web, section 3.1)."""
    parts = urlsplit(site)
    segments = [quote(segment, safe="") for segment in parts.path.split("/") if segment]
    return ":".join(["did:web", quote(parts.netloc, safe=""), *segments])


def multikey(public: Ed25519PublicKey) -> str:
    """The public key as a Multikey: `z` and base58btc of the multicodec prefix and 32 bytes."""
    return "z" + base58.b58encode(MULTICODEC_ED25519 + public.public_bytes_raw()).decode()


def public_key(text: str) -> Ed25519PublicKey:
    """Read a Multikey. Raises ValueError for anything but an Ed25519 public key."""
    if not text.startswith("z") or len(text) > 64:
        raise ValueError("not a base58btc Multikey")
    content = base58.b58decode(text[1:])
    if content[:2] != MULTICODEC_ED25519 or len(content) != 34:
        raise ValueError("not an Ed25519 Multikey")
    return Ed25519PublicKey.from_public_bytes(content[2:])


def did_document(did: str, keys: list[Key]) -> dict[str, Any]:
    """What did:web resolves to: every key that signed, each allowed to assert."""
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [verification_method(key) for key in keys],
        "assertionMethod": [key.id for key in keys],
    }


def verification_method(key: Key) -> dict[str, Any]:
    return {
        "id": key.id,
        "type": "Multikey",
        "controller": key.did,
        "publicKeyMultibase": multikey(key.public),
    }
