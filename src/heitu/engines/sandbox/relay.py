"""The loop beside a submitted application: start it, carry requests to it and answers back.

The application is a child of this process, forked from the warm parent's imports, and holds neither the shared
memories nor the pipes to the worker. Should it get at this process all the same, it can spoil its own answers only:
the worker believes nothing from here but bytes of the agreed lengths, and takes the time by its own clock.
"""

from __future__ import annotations

import contextlib
import gc
import mmap
import os
import runpy
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from heitu.engines.sandbox import boot, channel, talks
from heitu.engines.sandbox.letters import ANSWERED, BETWEEN, DIED, Reply, Request, pack_replies, read_requests

_KNOCK_AGAIN, _MOMENT = 0.005, 0.2
_SHARED = (channel.IN, channel.OUT, channel.GO, channel.DONE)


def serve() -> None:
    """Obey commands forever."""
    memories = boot.memories()
    read, write = memories
    body = channel.read_body(read)
    house = House(body, memories)
    start = house.open_service if body["start"] == "service" else house.nothing_to_open
    reply = start()
    while True:
        boot.answer(write, reply)
        boot.wait()
        reply = channel.frame(channel.OK)
        if channel.read_opcode(read) == channel.CALL:
            exchange, together, requests = read_requests(read, channel.IN_DATA)
            said = pack_replies(exchange, house.replies(requests, together=together))
            write[channel.OUT_DATA : channel.OUT_DATA + len(said)] = said


class House:
    """The processes of one application."""

    def __init__(self, body: dict[str, Any], memories: tuple[mmap.mmap, mmap.mmap]) -> None:
        self._body, self._memories = body, memories
        self._ended: dict[int, int] = {}
        self._service = 0

    def open_service(self) -> bytes:
        """Start it and knock until it listens."""
        self._service = self._fork([], {1: 1})
        deadline = time.monotonic() + self._body["start_seconds"]
        while time.monotonic() < deadline:
            if self._status_of(self._service) is not None:
                return channel.frame(channel.NOT_LOADED, text=self._how_ended())
            if _listens():
                return channel.frame(channel.OK)
            time.sleep(_KNOCK_AGAIN)
        return channel.frame(channel.NOT_LOADED, text="silent")

    def nothing_to_open(self) -> bytes:
        """A command starts with each request."""
        return channel.frame(channel.OK)

    def replies(self, requests: Sequence[Request], *, together: bool) -> list[Reply]:
        """In the requests' order; one after another, none is sent after the first that got no answer."""
        if together:
            return self._converse(requests)
        replies: list[Reply] = []
        for request in requests:
            replies += self._converse([request])
            if replies[-1].outcome != ANSWERED:
                break
        return replies + [replies[-1]] * (len(requests) - len(replies))

    def _converse(self, requests: Sequence[Request]) -> list[Reply]:
        begin: Callable[[Request], talks.Talk] = self._call if self._service else self._errand
        replies = talks.converse([begin(request) for request in requests], self._body["patience"])
        if not self._service:
            self._clear()
            return replies
        if all(reply.outcome == ANSWERED for reply in replies):
            return replies
        status = self._last_status()
        return replies if status is None else [r if r.outcome == ANSWERED else Reply(DIED, status) for r in replies]

    def _last_status(self) -> int | None:
        """The service's wait status: a process closes its connections a moment before it can be buried."""
        deadline = time.monotonic() + _MOMENT
        while (status := self._status_of(self._service)) is None and time.monotonic() < deadline:
            time.sleep(_KNOCK_AGAIN)
        return status

    def _call(self, request: Request) -> talks.Talk:
        return talks.Call(request, self._body["answer_bytes"])

    def _errand(self, request: Request) -> talks.Talk:
        """Start the command with pipes for its input and output."""
        theirs_in, ours_in = os.pipe()
        ours_out, theirs_out = os.pipe()
        arguments = request.target.split(BETWEEN) if request.target else []
        pid = self._fork(arguments, {0: theirs_in, 1: theirs_out})
        for end in (theirs_in, theirs_out):
            os.close(end)
        for end in (ours_in, ours_out):
            os.set_blocking(end, False)
        return talks.Errand(ours_out, ours_in, request.body, self._body["answer_bytes"], lambda: self._status_of(pid))

    def _clear(self) -> None:
        """End whatever the commands left running: this is the first process of its namespace, and spared."""
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            while True:
                os.kill(-1, signal.SIGKILL)
                os.waitpid(-1, 0)

    def _fork(self, arguments: list[str], ends: dict[int, int]) -> int:
        sys.stdout.flush()
        pid = os.fork()
        if pid == 0:
            self._become_application(arguments, ends)
        self._ended.pop(pid, None)
        return pid

    def _become_application(self, arguments: list[str], ends: dict[int, int]) -> NoReturn:
        for place, end in ends.items():
            os.dup2(end, place)
        for memory in self._memories:
            memory.close()
        for descriptor in _SHARED:
            os.close(descriptor)
        os.closerange(max(_SHARED) + 1, 4096)
        gc.enable()
        os._exit(run_main(f"/submission/{self._body['file']}", arguments))

    def _status_of(self, pid: int) -> int | None:
        """A child's wait status, None while it lives."""
        self._reap()
        return self._ended.get(pid)

    def _reap(self) -> None:
        """Bury every dead child, those of others that fell to this process among them."""
        with contextlib.suppress(ChildProcessError):
            while (buried := os.waitpid(-1, os.WNOHANG))[0]:
                self._ended[buried[0]] = buried[1]

    def _how_ended(self) -> str:
        status = self._ended[self._service]
        return f"status {os.WEXITSTATUS(status)}" if os.WIFEXITED(status) else f"signal {os.WTERMSIG(status)}"


def _listens() -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as knock:
        knock.settimeout(1)
        return knock.connect_ex(("127.0.0.1", boot.PORT)) == 0


def run_main(path: str, arguments: list[str]) -> int:
    """Run a file as the main program, and wait for its threads; the exit status that Python would give."""
    sys.argv = [path, *arguments]
    sys.path.insert(0, os.path.dirname(path))
    sys.dont_write_bytecode = True
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
    os.environ["PORT"] = str(boot.PORT)
    status = _status_after(path)
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError, AttributeError):
            stream.flush()
    return status


def _status_after(path: str) -> int:
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as leaving:
        if isinstance(leaving.code, str):
            print(leaving.code, file=sys.stderr)
        return leaving.code & 0xFF if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException as error:
        _complain(error)
        return 1
    return 0


def _complain(error: BaseException) -> None:
    """As Python would, but without the frames that lie under the application."""
    frames = error.__traceback__
    while frames is not None and not frames.tb_frame.f_code.co_filename.startswith("/submission/"):
        frames = frames.tb_next
    traceback.print_exception(type(error), error, frames)
