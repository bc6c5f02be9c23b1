"""Requests to an application and its answers, as they lie in the two shared memories; known to both sides.

Both begin with the exchange's number, how many follow, and the bytes that they take. The worker believes nothing of
what comes back: every length is checked against what is there, and a body is bytes until the task's own check reads it.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

MOST = 64  # requests in one exchange
MOST_BYTES = 32 << 20  # of all of them together
RUN, BETWEEN = "RUN", "\x1f"  # the method that starts a command, and what parts its arguments

# What became of a request. `status` of an answer is HTTP's, or a command's exit status; of a death the wait status.
ANSWERED, UNHEARD, GARBLED, SLOW, LARGE, DIED = range(1, 7)

_HEAD = struct.Struct("<IIII")
_REQUEST = struct.Struct("<III")
_ANSWER = struct.Struct("<IIII")


class Memory(Protocol):
    """Bytes, or a shared memory."""

    def __getitem__(self, place: slice, /) -> bytes: ...


class Garbled(ValueError):
    """The answers aren't laid down as agreed."""


@dataclass(frozen=True)
class Request:
    """For a service method, path and body; for a command RUN, its arguments and what it reads."""

    method: str
    target: str
    body: bytes = b""


@dataclass(frozen=True)
class Reply:
    """What became of one request; a body only where it was answered."""

    outcome: int
    status: int = 0
    body: bytes = b""


def pack_requests(exchange: int, requests: Sequence[Request], *, together: bool) -> bytes:
    """What the worker writes. Raises ValueError for more than one exchange may hold."""
    parts = [_packed(request) for request in requests]
    size = sum(map(len, parts))
    if not 0 < len(parts) <= MOST or size > MOST_BYTES:
        raise ValueError(f"an exchange holds 1 to {MOST} requests, of at most {MOST_BYTES >> 20} MB")
    return _HEAD.pack(exchange, len(parts), together, size) + b"".join(parts)


def _packed(request: Request) -> bytes:
    method, target = request.method.encode(), request.target.encode()
    return _REQUEST.pack(len(method), len(target), len(request.body)) + method + target + request.body


def read_requests(memory: Memory, start: int) -> tuple[int, bool, list[Request]]:
    """The number of the exchange, whether all are sent at once, and the requests. Trusts the worker."""
    exchange, count, together, _ = _HEAD.unpack(memory[start : start + _HEAD.size])
    return exchange, bool(together), list(_unpacked(memory, start + _HEAD.size, count))


def _unpacked(memory: Memory, place: int, count: int) -> Iterator[Request]:
    for _ in range(count):
        lengths = _REQUEST.unpack(memory[place : place + _REQUEST.size])
        place += _REQUEST.size
        parts = []
        for length in lengths:
            parts.append(memory[place : place + length])
            place += length
        yield Request(parts[0].decode(), parts[1].decode(), parts[2])


def pack_replies(exchange: int, replies: Sequence[Reply]) -> bytes:
    """What the relay writes, in the order of the requests."""
    parts = [_ANSWER.pack(n, r.outcome, r.status, len(r.body)) + r.body for n, r in enumerate(replies)]
    return _HEAD.pack(exchange, len(parts), 0, sum(map(len, parts))) + b"".join(parts)


def read_replies(memory: Memory, start: int, exchange: int, count: int, largest: int) -> list[Reply]:
    """As many as were asked for, of at most `largest` bytes each. Raises Garbled for anything else."""
    head = _HEAD.unpack(memory[start : start + _HEAD.size])
    if head[:2] != (exchange, count) or head[3] > count * (largest + _ANSWER.size):
        raise Garbled("another exchange, number or size of answers")
    place, end = start + _HEAD.size, start + _HEAD.size + head[3]
    replies = []
    for number in range(count):
        reply, place = _reply(memory, place, end, number, largest)
        replies.append(reply)
    return replies


def _reply(memory: Memory, place: int, end: int, number: int, largest: int) -> tuple[Reply, int]:
    body = place + _ANSWER.size
    if body > end:
        raise Garbled("an answer is cut off")
    named, outcome, status, length = _ANSWER.unpack(memory[place:body])
    if named != number or not ANSWERED <= outcome <= DIED or length > min(largest, end - body):
        raise Garbled("an answer out of order, of unknown kind or too long")
    return Reply(outcome, status, bytes(memory[body : body + length])), body + length
