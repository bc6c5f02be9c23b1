"""Evidence records: a verdict with a signature over it, which anybody can check who has the signer's public key."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import BaseModel, Field, StrictBool, StrictInt, ValidationError

from heitu.engines.sandbox.errors import BrokenCall

FORMAT = "heitu-judge-record-1"
NAME_IN_ZIP = "record.json"
SEED_BITS = 48
_MOST_BYTES = 64 << 20


class _Options(BaseModel):
    cases: Literal["public", "all"]
    quick: StrictBool
    repeat: StrictInt | None


class _Case(BaseModel):
    id: str
    verdict: str


class _Interval(BaseModel):
    low: float | None
    high: float | None


class _Kept(BaseModel):
    """What judging again reads of a verdict, which may be anybody's; there is more in it."""

    task: str
    kind: str
    verdict: str
    seed: StrictInt = Field(ge=0)
    digests: dict[str, str]
    options: _Options
    cases: list[_Case]
    toolchain: dict[str, Any]
    speedup: _Interval | None = None
    measure: _Interval | None = None
    samples: dict[str, list[Any]] = {}


@dataclass(frozen=True)
class Record:
    """`verdict` is the judge's whole JSON; `signature` (Ed25519, over its canonical form) and `key` are hex digits.

    `seed_hash` and `salt` are there where the seed was committed to before the judging, see `commitment`.
    """

    verdict: dict[str, Any]
    signature: str
    key: str
    seed_hash: str = ""
    salt: str = ""

    def as_json(self) -> dict[str, Any]:
        """The file's content."""
        return {
            "format": FORMAT, "verdict": self.verdict, "signature": self.signature, "public_key": self.key,
            "seed_hash": self.seed_hash, "salt": self.salt,
        }

    @property
    def is_genuine(self) -> bool:
        """Whether the verdict is, byte for byte, what the holder of `key` signed."""
        try:
            key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(self.key))
            key.verify(bytes.fromhex(self.signature), canonical(self.verdict))
        except (InvalidSignature, ValueError):
            return False
        return True


def canonical(verdict: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8 with sorted keys and no spaces, so that equal verdicts have equal bytes."""
    return json.dumps(verdict, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def draw_seed() -> tuple[int, str]:
    """A seed that nobody knows, and the salt that keeps anybody from finding it by trying hashes."""
    return secrets.randbits(SEED_BITS), secrets.token_hex(16)


def commitment(seed: int, salt: str) -> str:
    """SHA-256 of "seed:salt", 64 hex digits: shown before the judging, checked by anybody once both are revealed."""
    return hashlib.sha256(f"{seed}:{salt}".encode()).hexdigest()


def make(verdict: Mapping[str, Any], key_file: Path) -> Record:
    """Sign with the key in `key_file` (32 bytes as hex digits), which is made when it isn't there. Raises BrokenCall."""
    private = _private_key(key_file)
    plain = json.loads(canonical(verdict))
    return Record(plain, private.sign(canonical(plain)).hex(), private.public_key().public_bytes_raw().hex())


def _private_key(file: Path) -> Ed25519PrivateKey:
    if not file.exists():
        write(file, secrets.token_hex(32), 0o600)
    try:
        return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(file.read_text().strip()))
    except ValueError as error:
        raise BrokenCall(
            "key", f"{file} 不是签名密钥（应为 64 位十六进制）", f"{file} is no signing key (64 hex digits)"
        ) from error


def write(file: Path, text: str, mode: int = 0o644) -> None:
    """Whole, or not at all. Raises BrokenCall where it can't be written."""
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode), "w", encoding="utf-8") as target:
            target.write(text)
        part.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        raise BrokenCall("file", f"无法写入 {file}：{error}", f"{file} can't be written: {error}") from error


def read(path: Path | str) -> Record:
    """From a JSON file, or from a zip that holds one as record.json. Raises BrokenCall."""
    path = Path(path)
    try:
        return _understood(json.loads(_text(path)))
    except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise BrokenCall(
            "record", f"{path} 不是评测记录（{FORMAT}）：{error}", f"{path} is no evidence record ({FORMAT}): {error}"
        ) from error


def _text(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise ValueError(f"larger than {_MOST_BYTES >> 20} MB")
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        if archive.getinfo(NAME_IN_ZIP).file_size > _MOST_BYTES:
            raise ValueError(f"larger than {_MOST_BYTES >> 20} MB")
        return archive.read(NAME_IN_ZIP)


def _understood(body: Any) -> Record:
    if body["format"] != FORMAT:
        raise ValueError(f"format {body['format']!r}")
    record = Record(
        dict(body["verdict"]), str(body["signature"]), str(body["public_key"]), str(body.get("seed_hash", "")),
        str(body.get("salt", "")),
    )
    try:
        _Kept.model_validate(record.verdict)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, ('verdict', *each['loc'])))}: {each['msg']}" for each in error.errors())
        raise ValueError("; ".join(faults)) from error
    return record
