"""One message each way in the shared memories, for programs whose answers have no fixed layout.

Layout, little-endian, from IN_DATA in `in` and from OUT_DATA in `out`: a number, the length, then the bytes. The
worker draws the number anew for each message, and takes an answer only with the same: whatever was written before it
was asked is not one.
"""

from __future__ import annotations

import struct
from typing import Protocol

MOST_BYTES = 64 << 20
_HEAD = struct.Struct("<QQ")


class Memory(Protocol):
    """Bytes, or a shared memory."""

    def __getitem__(self, place: slice, /) -> bytes: ...


class Garbled(ValueError):
    """What lies there is no answer to the message."""


def pack(number: int, body: bytes) -> bytes:
    """A message as it lies in the memory. Raises ValueError for one that is too long."""
    if len(body) > MOST_BYTES:
        raise ValueError(f"a message has at most {MOST_BYTES >> 20} MB")
    return _HEAD.pack(number, len(body)) + body


def unpack(memory: Memory, start: int) -> tuple[int, bytes]:
    """The number and the body of what the worker wrote. Trusts it."""
    number, length = _HEAD.unpack(memory[start : start + _HEAD.size])
    return number, bytes(memory[start + _HEAD.size : start + _HEAD.size + length])


def take(memory: Memory, start: int, number: int) -> bytes:
    """The body of a stranger's answer to that message. Raises Garbled."""
    given, length = _HEAD.unpack(memory[start : start + _HEAD.size])
    if given != number or length > MOST_BYTES:
        raise Garbled("no answer to what was asked")
    return bytes(memory[start + _HEAD.size : start + _HEAD.size + length])
