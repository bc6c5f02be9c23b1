"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022 (W3C vc-di-eddsa, section 3.2)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import base58
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from heitu.stages.credentials.badge import jsonld
from heitu.stages.credentials.badge.keys import Key

SUITE = "eddsa-rdfc-2022"


class Unsigned(ValueError):
    """The document has no proof that this suite can check."""


class Forged(ValueError):
    """The signature doesn't fit the document."""


class Uncovered(ValueError):
    """The document uses names that its contexts don't define; signing it would leave them out."""


def instant(moment: datetime) -> str:
    """An aware datetime as XML Schema's dateTime in UTC, to the second."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def sign(document: dict[str, Any], *, key: Key, now: datetime) -> dict[str, Any]:
    """The document with a proof. Raises Uncovered rather than sign less than what is written."""
    expanded, lost = jsonld.expand(document)
    if lost:
        raise Uncovered(", ".join(lost))
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": instant(now),
        "verificationMethod": key.id,
        "proofPurpose": "assertionMethod",
    }
    said = {**proof, "@context": document["@context"]}
    signature = key.private.sign(_digest(expanded, said))
    return {**document, "proof": {**proof, "proofValue": "z" + base58.b58encode(signature).decode()}}


def proof_of(document: dict[str, Any]) -> dict[str, Any]:
    """The one proof of a document. Raises Unsigned where there is none, several, or one of another suite."""
    proof = document.get("proof")
    proofs = proof if isinstance(proof, list) else [proof]
    if len(proofs) != 1 or not isinstance(proofs[0], dict):
        raise Unsigned("no single proof")
    found: dict[str, Any] = proofs[0]
    if found.get("type") != "DataIntegrityProof" or found.get("cryptosuite") != SUITE:
        raise Unsigned(f"the proof is not {SUITE}")
    if found.get("proofPurpose") != "assertionMethod" or not isinstance(found.get("verificationMethod"), str):
        raise Unsigned("the proof doesn't assert, or names no key")
    return found


def verify(document: dict[str, Any], public: Ed25519PublicKey) -> None:
    """Check the proof. Raises Unsigned, Forged, or jsonld.Unusable."""
    proof = proof_of(document)
    bare = {name: value for name, value in document.items() if name != "proof"}
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    options["@context"] = document.get("@context")
    try:
        public.verify(_signature(proof.get("proofValue")), _digest(bare, options))
    except InvalidSignature:
        raise Forged("the signature doesn't fit") from None


def _digest(document: dict[str, Any] | list[Any], options: dict[str, Any]) -> bytes:
    """64 bytes: SHA-256 of the canonical proof options, read in the document's context, then of the document."""
    halves = (jsonld.canonical(options), jsonld.canonical(document))
    return b"".join(hashlib.sha256(half.encode()).digest() for half in halves)


def _signature(value: Any) -> bytes:
    if not isinstance(value, str) or not value.startswith("z") or len(value) > 100:
        raise Forged("the signature is not base58btc")
    try:
        return base58.b58decode(value[1:])
    except ValueError:
        raise Forged("the signature is not base58btc") from None
