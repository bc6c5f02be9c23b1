"""Signatures over what must stay as it was said: verdicts, exported records. Ed25519, key under HEITU_HOME."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from heitu.ground.core.secrets import secret


def canonical(record: Mapping[str, Any]) -> bytes:
    """JSON with sorted keys and no spaces, so that equal records have equal bytes."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(record: Mapping[str, Any], *, home: Path) -> str:
    """Ed25519 signature over the canonical record, 128 hex digits."""
    return _key(home).sign(canonical(record)).hex()


def is_signed(record: Mapping[str, Any], signature: str, *, home: Path) -> bool:
    """Whether `signature` is this installation's, over exactly this record."""
    try:
        _key(home).public_key().verify(bytes.fromhex(signature), canonical(record))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(home: Path) -> str:
    """The key that others check with: 32 raw bytes as 64 hex digits."""
    key: Ed25519PublicKey = _key(home).public_key()
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _key(home: Path) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(secret(home, "signing")))
