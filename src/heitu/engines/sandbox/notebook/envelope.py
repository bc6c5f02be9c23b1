"""What a message lies in: the length of its JSON, the JSON, then the bytes that it points to."""

from __future__ import annotations

import json
import struct
from typing import Any

_LENGTH = struct.Struct("<I")
_REPORT, _QUESTION = b'{"ran":', b'{"do":'


class Unreadable(ValueError):
    """What came is no message."""


def seal(body: dict[str, Any], *blobs: bytes) -> bytes:
    """A message."""
    text = json.dumps(body).encode()
    return b"".join((_LENGTH.pack(len(text)), text, *blobs))


def unseal(data: bytes) -> tuple[dict[str, Any], memoryview]:
    """The body and the bytes of a message from anybody. Raises Unreadable."""
    try:
        (length,) = _LENGTH.unpack_from(data)
        body = json.loads(data[_LENGTH.size : _LENGTH.size + length])
    except (ValueError, struct.error, RecursionError) as error:
        raise Unreadable(str(error)) from None
    if type(body) is not dict:
        raise Unreadable("not an object")
    return body, memoryview(data)[_LENGTH.size + length :]


def is_report(data: bytes) -> bool:
    """Whether it says what a cell put out, rather than ask or answer."""
    return data[_LENGTH.size : _LENGTH.size + len(_REPORT)] == _REPORT


def is_question(data: bytes) -> bool:
    """Whether it asks for something."""
    return data[_LENGTH.size : _LENGTH.size + len(_QUESTION)] == _QUESTION
