"""An event loop that needs no sockets, for cells with top-level await: the sandbox has none."""

from __future__ import annotations

import asyncio
import os


class _End:
    """One end of a pipe, with as much of a socket as the loop asks for."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def recv(self, size: int) -> bytes:
        return os.read(self._descriptor, size)

    def send(self, data: bytes) -> int:
        return os.write(self._descriptor, data)

    def close(self) -> None:
        os.close(self._descriptor)


class Loop(asyncio.SelectorEventLoop):
    """Wakes itself by a pipe instead of a pair of sockets."""

    def _make_self_pipe(self) -> None:
        hears, says = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._ssock, self._csock = _End(hears), _End(says)
        self._internal_fds = getattr(self, "_internal_fds", 0) + 1
        self._add_reader(hears, self._read_from_self)  # type: ignore[attr-defined]


class Policy(asyncio.DefaultEventLoopPolicy):
    """Makes such loops."""

    _loop_factory = Loop
