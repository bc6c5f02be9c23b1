"""Which credentials are revoked, one bit each (W3C Bitstring Status List 1.0)."""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from heitu.stages.credentials.badge.jsonld import CREDENTIALS
from heitu.stages.credentials.badge.proofs import instant

# The specification's minimum, so that one bit says little about whose it is; neither peer's library enforces it.
SIZE = 131_072
MOST_BYTES = 1 << 22


def encode(revoked: Iterable[int], size: int = SIZE) -> str:
    """The list as multibase base64url of gzip; bit 0 is the first byte's highest.

    Raises ValueError for a list that is too small, or an index outside of it.
    """
    if size < SIZE or size % 8:
        raise ValueError(f"a status list has at least {SIZE} bits, in whole bytes")
    bits = bytearray(size // 8)
    for index in revoked:
        if not 0 <= index < size:
            raise ValueError(f"index {index} is outside the list")
        bits[index // 8] |= 0x80 >> index % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """The list's bytes. Raises ValueError for what isn't one, is too small or unreasonably large."""
    if not text.startswith("u"):
        raise ValueError("not multibase base64url")
    try:
        packed = base64.b64decode(text[1:] + "=" * (-len(text[1:]) % 4), altchars=b"-_", validate=True)
        inflator = zlib.decompressobj(wbits=31)
        bits = inflator.decompress(packed, MOST_BYTES)
    except (binascii.Error, zlib.error) as error:
        raise ValueError(str(error)) from None
    if not inflator.eof or len(bits) * 8 < SIZE:
        raise ValueError("not a whole status list")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    return 0 <= index < len(bits) * 8 and bool(bits[index // 8] & 0x80 >> index % 8)


def credential(
    *, address: str, issuer: str, revoked: Iterable[int], valid_from: datetime, good_for: timedelta
) -> dict[str, Any]:
    """The unsigned list credential. Its end of validity keeps an old copy from bringing a revoked badge back."""
    return {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": instant(valid_from),
        "validUntil": instant(valid_from + good_for),
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode(revoked),
        },
    }


def entry(*, address: str, index: int) -> dict[str, Any]:
    """The `credentialStatus` of one credential: its bit in the list at `address`."""
    return {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": address,
    }
