"""What a cell puts out while it still runs: lines of JSON behind the messages, in the memory that the sandbox can write.

Layout, little-endian, from START in `out`: the number of the message that is being answered, how many bytes of lines
there are, then the lines. A line is ["stream", name, text], ["output", {…}] or ["clear"]. The writer never goes back, the
reader takes whole lines only; what it gets is a preview in a stranger's words, which the cell's report replaces.
"""

from __future__ import annotations

import json
import struct
from typing import Any, Protocol

from heitu.engines.sandbox import channel

START = channel.OUT_DATA + (96 << 20)
MOST_BYTES = 8 << 20
_HEAD = struct.Struct("<QQ")


class Memory(Protocol):
    """Bytes, or a shared memory."""

    def __getitem__(self, place: slice, /) -> bytes: ...
    def __setitem__(self, place: slice, said: bytes, /) -> None: ...


class Tape:
    """The sandbox's side."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._number = self._length = 0

    def begin(self, number: int) -> None:
        """Of a new cell."""
        self._number, self._length = number, 0
        self._publish()

    def say(self, *line: Any) -> None:
        """One line more; beyond the bound nothing is said."""
        data = json.dumps(line, default=str).encode() + b"\n"
        if self._length + len(data) > MOST_BYTES:
            return
        start = START + _HEAD.size + self._length
        self._memory[start : start + len(data)] = data
        self._length += len(data)
        self._publish()

    def _publish(self) -> None:
        self._memory[START : START + _HEAD.size] = _HEAD.pack(self._number, self._length)


class Reader:
    """The worker's side, for one message."""

    def __init__(self, memory: Memory, number: int) -> None:
        self._memory, self._number, self._read = memory, number, 0

    def news(self) -> bytes:
        """The whole lines since the last time."""
        number, length = _HEAD.unpack(self._memory[START : START + _HEAD.size])
        if number != self._number or not self._read < length <= MOST_BYTES:
            return b""
        start = START + _HEAD.size
        found = bytes(self._memory[start + self._read : start + length])
        whole = found[: found.rfind(b"\n") + 1]
        self._read += len(whole)
        return whole
