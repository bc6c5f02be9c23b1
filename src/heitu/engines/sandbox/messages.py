"""HTTP messages as the relay needs them: one request out, one answer back, over a connection that then closes."""

from __future__ import annotations

import re

from heitu.engines.sandbox import boot
from heitu.engines.sandbox.letters import ANSWERED, GARBLED, LARGE, Reply, Request

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-9]\d\d)(?: [^\r\n]*)?\r\n")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[^\r\n]*\r\n")
_END = b"\r\n\r\n"
_WITHOUT_BODY = (204, 304)


def message(request: Request) -> bytes:
    """A request as it goes to the service."""
    lines = [
        f"{request.method} {request.target} HTTP/1.1", f"Host: 127.0.0.1:{boot.PORT}", "Connection: close",
        "Accept: application/json", "Content-Type: application/json", f"Content-Length: {len(request.body)}", "", "",
    ]
    return "\r\n".join(lines).encode() + request.body


def answer(heard: bytes, largest: int) -> Reply:
    """What a service's whole answer amounts to."""
    head, mark, rest = heard.partition(_END)
    status = _STATUS.match(head + b"\r\n")
    body = _body(head + b"\r\n", rest) if mark and status else None
    if status is None or body is None:
        return Reply(GARBLED)
    number = int(status[1])
    if len(body) > largest:
        return Reply(LARGE)
    return Reply(ANSWERED, number, b"" if number in _WITHOUT_BODY else body)


def is_whole(heard: bytes) -> bool:
    """Whether the answer says of itself that it has ended, though the connection is still open."""
    head, mark, rest = heard.partition(_END)
    head += b"\r\n"
    says = bool(mark) and (_LENGTH.search(head) or _CHUNKED.search(head)) is not None
    return says and _body(head, rest) is not None


def _body(head: bytes, rest: bytes) -> bytes | None:
    """As much of the rest as the headers promise; None where there is less."""
    if _CHUNKED.search(head):
        return _joined(rest)
    length = _LENGTH.search(head)
    if length is None:
        return rest
    return rest[: int(length[1])] if len(rest) >= int(length[1]) else None


def _joined(rest: bytes) -> bytes | None:
    """The chunks of a body, up to the empty one."""
    pieces: list[bytes] = []
    place = 0
    while found := _CHUNK.match(rest, place):
        size, begin = int(found[1], 16), found.end()
        if size == 0:
            return b"".join(pieces)
        pieces.append(rest[begin : begin + size])
        place = begin + size + 2
    return None
