"""A task's own code, run in a process beside the worker: trusted in what it says, but it may hang, flood or leave.

The process is forked, which takes milliseconds, and holds none of the worker's descriptors. Neither signals nor threads
of the worker are needed to end it: it works under a judge that runs in any thread.
"""

from __future__ import annotations

import contextlib
import faulthandler
import functools
import gc
import os
import re
import resource
import select
import signal
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NoReturn, Self

from heitu.engines.judge.errors import BrokenTask
from heitu.engines.judge.task import Task
from heitu.engines.sandbox import kernel
from heitu.engines.sandbox.errors import Broken

# For one thing asked of it (all cases, one sample, one check between two answers): wall clock, many times what a sound task takes.
SECONDS = 120.0
_LAST_WORDS, _MOMENT = 1.0, 0.1
_LINE = re.compile(r'File "([^"]+)", line (\d+)')
_leave = os._exit

Hear = Callable[[object], Any]


@dataclass(frozen=True)
class Doing:
    """What the task's code is asked for, as a message says it."""

    zh: str
    en: str


class Gone(BaseException):
    """To the task's code: nobody will answer it any more. No `except Exception` of its own holds it up."""


class Aside:
    """One process. Use as a context manager, or end it with `close`. Making one raises BrokenTask as `ask` does.

    `make` runs in it, once; its result's methods are what can be asked.
    """

    def __init__(self, task: Task, make: Callable[[Hear], object]) -> None:
        self._task = task
        self._line, theirs = Pipe()
        self._notes, notes = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            _live(theirs, notes, make)
        theirs.close()
        os.close(notes)
        try:
            self._result(Doing("载入代码", "loading its code"))
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, what: Doing, method: str, *arguments: object, answer: Callable[[Any], object] | None = None) -> Any:
        """What the method returns; `answer` replies to what it asks meanwhile, and what that raises is raised here.

        Raises BrokenTask, naming file and line, where it fails, takes longer than SECONDS, or ends the process.
        """
        self._say(what, (method, arguments))
        return self._result(what, answer)

    def _say(self, what: Doing, words: object) -> None:
        try:
            self._line.send(words)
        except ConnectionError:
            raise self._left(what) from None

    def _result(self, what: Doing, answer: Callable[[Any], object] | None = None) -> Any:
        failure: BaseException | None = None
        while (heard := self._heard(what))[0] == "asks":
            try:
                said = None if answer is None or failure else answer(heard[1])
            except BaseException as error:
                failure, said = error, None
            self._say(what, said)
        if failure is not None:
            raise failure
        return _understood(heard)

    def _heard(self, what: Doing) -> tuple[str, Any]:
        try:
            if self._line.poll(SECONDS):
                heard: tuple[str, Any] = self._line.recv()
                return heard
        except (EOFError, ConnectionError):
            raise self._left(what) from None
        raise self._hung(what)

    def _hung(self, what: Doing) -> BrokenTask:
        os.kill(self._pid, signal.SIGUSR1)
        place = self._last_words()
        self.close()
        return BrokenTask(
            "task_code", f"任务 {self._task.name}：{what.zh}超过 {SECONDS:g} 秒{place}：请检查是否有死循环，或减少计算量",
            f"task {self._task.name}: {what.en} takes more than {SECONDS:g} s{place}: is there a loop without an end? Else compute less",
        )

    def _left(self, what: Doing) -> BrokenTask:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGKILL)  # should it have closed the line alone
        status, place = os.waitpid(self._pid, 0)[1], self._last_words()
        self._pid = -1
        how = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"status {os.WEXITSTATUS(status)}"
        return BrokenTask(
            "task_code", f"任务 {self._task.name}：{what.zh}时，任务代码结束了进程（{how}）{place}：请检查是否用尽内存、崩溃或自行退出",
            f"task {self._task.name}: {what.en} ended the process ({how}){place}: does it use up the memory, crash, or leave?",
        )

    def _last_words(self) -> str:
        """' (cases.py, line 12)': where the task's code was, by the traceback that it left, innermost line first."""
        said, wait = b"", _LAST_WORDS
        while select.select([self._notes], [], [], wait)[0] and (more := os.read(self._notes, 1 << 16)):
            said, wait = said + more, _MOMENT
        lines = _LINE.findall(said.decode(errors="replace"))
        own = [(Path(file).name, line) for file, line in lines if Path(file).parent == self._task.folder]
        return f" ({own[0][0]}, line {own[0][1]})" if own else ""

    def close(self) -> None:
        """End it. Safe to repeat."""
        if self._pid > 0:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = -1
        self._line.close()
        if self._notes >= 0:
            os.close(self._notes)
            self._notes = -1


def _understood(heard: tuple[str, Any]) -> Any:
    kind, value = heard
    if kind == "broken":
        raise BrokenTask(*value)
    if kind == "fault":
        raise RuntimeError(value)
    return value


# ── in the process ──────────────────────────────────────────────────────────────────────────────────────────


def _live(line: Connection, notes: int, make: Callable[[Hear], object]) -> NoReturn:
    """Answer until the worker hangs up."""
    try:
        _settle(line, notes)

        def hear(said: object) -> Any:
            line.send(("asks", said))
            answer = line.recv()
            if answer is None:
                raise Gone
            return answer

        held: list[object] = []
        line.send(_tried(lambda: held.append(make(hear))))
        while True:
            method, arguments = line.recv()
            line.send(_tried(functools.partial(getattr(held[0], method), *arguments)))
    except BaseException:
        _leave(0)


def _settle(line: Connection, notes: int) -> None:
    """Let go of the worker's descriptors and handlers; what is printed goes to the errors, so that it spoils no JSON."""
    gc.freeze()  # what the worker held is not this process's to finalise
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first, second = sorted((line.fileno(), notes))
    for low, high in ((3, first), (max(first + 1, 3), second), (max(second + 1, 3), 1 << 16)):
        os.closerange(low, high)
    if not {1, 2} & {first, second}:  # as they are where the worker's own were closed
        with contextlib.suppress(OSError):
            os.dup2(2, 1)
            sys.stdout = sys.stderr = open(2, "w", buffering=1, closefd=False)  # noqa: SIM115
    faulthandler.enable(notes)
    faulthandler.register(signal.SIGUSR1, notes, all_threads=False)
    os._exit = _stay
    _bound_memory()


def _bound_memory() -> None:
    """Half of the machine's; and where the kernel must end something, this is the first."""
    half = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // 2
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (half if hard < 0 else min(half, hard), hard))
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _stay(status: int) -> NoReturn:
    """In the place of os._exit, which would leave without saying where."""
    raise SystemExit(status)


def _tried(act: Callable[[], object]) -> tuple[str, object]:
    try:
        return "done", act()
    except Gone:
        return "done", None
    except Broken as error:
        return "broken", (error.code, error.zh, error.en)
    except BaseException:
        return "fault", traceback.format_exc()


