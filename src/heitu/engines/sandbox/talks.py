"""Several conversations of the relay at once: bytes to an application and bytes back, over sockets or pipes."""

from __future__ import annotations

import errno
import os
import select
import socket
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from heitu.engines.sandbox import boot, messages
from heitu.engines.sandbox.letters import ANSWERED, DIED, LARGE, SLOW, UNHEARD, Reply, Request

_CHUNK = 1 << 16
_TICK_MS = 5
_HEADERS = 1 << 14  # what an answer's headers may take beyond its body


class Talk(ABC):
    """One conversation: `source` is read, `sink` written, both without blocking; -1 where that side is closed."""

    def __init__(self, source: int, sink: int, words: bytes, largest: int) -> None:
        self.source, self.sink, self.largest = source, sink, largest
        self._left = memoryview(words)
        self.heard = bytearray()
        self.reply: Reply | None = None

    def speak(self) -> None:
        """Send what the other side takes now; what it doesn't want to hear any more is not sent."""
        try:
            self._left = self._left[os.write(self.sink, self._left[:_CHUNK]) :]
        except BlockingIOError:
            return
        except OSError:
            self._left = self._left[:0]
        if not self._left:
            self.fall_silent()

    def fall_silent(self) -> None:
        """Nothing more to say."""
        self.sink = -1

    def listen(self) -> None:
        """Take what came; an end or too much of it makes the reply."""
        try:
            chunk = os.read(self.source, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        self.heard += chunk
        if len(self.heard) > self.largest + _HEADERS:
            self.reply = Reply(LARGE)
        elif not chunk or self.is_whole():
            self.finish()

    def is_whole(self) -> bool:
        """Whether no more needs to be waited for, though the other side is still open."""
        return False

    @abstractmethod
    def finish(self) -> None:
        """Make the reply of what was heard."""

    @abstractmethod
    def look(self) -> None:
        """Between bytes: has something else happened that ends it?"""

    @abstractmethod
    def close(self) -> None:
        """Give back what it holds."""


class Call(Talk):
    """An HTTP request to the service on loopback, over a connection of its own."""

    def __init__(self, request: Request, largest: int) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setblocking(False)
        super().__init__(self._socket.fileno(), self._socket.fileno(), messages.message(request), largest)
        if self._socket.connect_ex(("127.0.0.1", boot.PORT)) not in (0, errno.EINPROGRESS):
            self.reply = Reply(UNHEARD)

    def speak(self) -> None:
        if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self.reply = Reply(UNHEARD)
        else:
            super().speak()

    def is_whole(self) -> bool:
        return messages.is_whole(bytes(self.heard))

    def finish(self) -> None:
        self.reply = messages.answer(bytes(self.heard), self.largest)

    def look(self) -> None:
        """Nothing but its connection ends a call."""

    def close(self) -> None:
        self._socket.close()


class Errand(Talk):
    """A command's standard input and output; `ended` gives its wait status once it is over."""

    def __init__(self, source: int, sink: int, words: bytes, largest: int, ended: Callable[[], int | None]) -> None:
        super().__init__(source, sink, words, largest)
        self._ends = [source, sink]
        self._ended = ended
        if not words:
            self.fall_silent()

    def fall_silent(self) -> None:
        super().fall_silent()
        if len(self._ends) > 1:
            os.close(self._ends.pop())

    def look(self) -> None:
        """A command is over when its first process is, whoever else still holds its output."""
        if self.source < 0 or self._ended() is not None:
            while self.reply is None and self.source >= 0 and self._is_ready():
                self.listen()
            self.finish()

    def _is_ready(self) -> bool:
        poll = select.poll()
        poll.register(self.source, select.POLLIN)
        return bool(poll.poll(0))

    def finish(self) -> None:
        self.source = -1
        status = self._ended()
        if status is None or self.reply is not None:
            return
        if len(self.heard) > self.largest:
            self.reply = Reply(LARGE)
        elif os.WIFEXITED(status):
            self.reply = Reply(ANSWERED, os.WEXITSTATUS(status), bytes(self.heard))
        else:
            self.reply = Reply(DIED, status)

    def close(self) -> None:
        for end in self._ends:
            os.close(end)


def converse(talks: Iterable[Talk], patience: float) -> list[Reply]:
    """Hold all conversations at once until each has its reply, or `patience` seconds have passed."""
    every = list(talks)
    deadline = time.monotonic() + patience
    while (going := [talk for talk in every if talk.reply is None]) and time.monotonic() < deadline:
        _turn(going)
    for talk in every:
        talk.close()
    return [talk.reply or Reply(SLOW) for talk in every]


def _turn(going: list[Talk]) -> None:
    poll = select.poll()
    by_end: dict[int, Talk] = {}
    for talk in going:
        _watch(poll, talk, by_end)
    for end, event in poll.poll(_TICK_MS):
        talk = by_end[end]
        if end == talk.sink and event & (select.POLLOUT | select.POLLERR):
            talk.speak()
        if end == talk.source and event & (select.POLLIN | select.POLLHUP | select.POLLERR) and talk.reply is None:
            talk.listen()
    for talk in going:
        talk.look()


def _watch(poll: select.poll, talk: Talk, by_end: dict[int, Talk]) -> None:
    wanted: dict[int, int] = {}
    if talk.source >= 0:
        wanted[talk.source] = select.POLLIN
    if talk.sink >= 0:
        wanted[talk.sink] = wanted.get(talk.sink, 0) | select.POLLOUT
    for end, events in wanted.items():
        poll.register(end, events)
        by_end[end] = talk
