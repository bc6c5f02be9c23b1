"""IPython's shell without a kernel: the cells of a notebook behave as in one, and their outputs are collected.

What differs from a kernel is what the sandbox doesn't have: `input()` raises, as it does where nobody answers, and
`!program` says that there are none.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import sys
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import ExecutionResult, InteractiveShell
from traitlets import Type
from traitlets.config import Config

from heitu.engines.sandbox.notebook import loop, outputs

COLLECTOR = outputs.Collector()
_CANNOT_RUN = 126


class StdinNotImplementedError(RuntimeError):
    """Nobody is there to answer; the name is the kernel's."""


class _Hook(DisplayHook):
    """The value of a cell's last expression becomes an execute_result."""

    def start_displayhook(self) -> None:
        self._data: dict[str, Any] = {}
        self._metadata: dict[str, Any] = {}

    def write_output_prompt(self) -> None:
        """A notebook shows it beside the output."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self._data, self._metadata = format_dict, md_dict or {}

    def finish_displayhook(self) -> None:
        if self._data:
            count = COLLECTOR.count
            COLLECTOR.rich("execute_result", self._data, self._metadata, execution_count=count)


class _Publisher(DisplayPublisher):
    """display() becomes a display_data; an update of one shown before is a new one."""

    def publish(self, data: Any, metadata: Any = None, *_: Any, **__: Any) -> None:
        COLLECTOR.rich("display_data", data, metadata or {})

    def clear_output(self, wait: bool = False) -> None:
        COLLECTOR.clear(wait=wait)


class Shell(InteractiveShell):
    """One notebook's shell."""

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)

    @property
    def user_global_ns(self) -> dict[str, Any]:
        """Names and globals are one, also where `user_ns` was put in the place of a module's own."""
        found: dict[str, Any] = self.user_ns
        return found

    def init_ipython_dir(self, ipython_dir: str) -> None:
        """No folder of settings: there is none, and nobody's home may be written to."""
        self.ipython_dir = ""

    def init_profile_dir(self, profile_dir: Any) -> None:
        """Nor a profile in it."""

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        COLLECTOR.error(etype.__name__, str(evalue), list(stb))

    def system(self, cmd: str) -> None:
        print(f"{cmd}: no other program can be started here", file=sys.stderr)
        self.user_ns["_exit_code"] = _CANNOT_RUN

    system_piped = system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        self.system(cmd)
        return [] if split else ""

    def ask_exit(self) -> None:
        raise SystemExit

    def enable_gui(self, gui: str | None = None) -> None:
        """There is no screen."""


def make() -> Shell:
    """The shell, made once before the fork."""
    asyncio.set_event_loop_policy(loop.Policy())
    settings = Config()
    settings.HistoryManager.enabled, settings.HistoryManager.hist_file = False, ":memory:"
    settings.InteractiveShell.colors = "linux"
    settings.InteractiveShell.cache_size = 1000
    settings.InteractiveShell.xmode = "Plain"  # the detailed ones take 20 to 60 ms each, many times a whole notebook
    shell: Shell = Shell.instance(config=settings)
    shell.db, shell.user_ns["__name__"] = {}, "__main__"
    return shell


def enter() -> None:
    """In the child, before the first cell: printed text is collected, and nobody answers."""
    outputs.connect(COLLECTOR)
    builtins.input = _nobody_answers
    getpass.getpass = _nobody_answers


def _nobody_answers(*_: object, **__: object) -> str:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


def run(shell: Shell, source: str) -> list[dict[str, Any]]:
    """Run a cell; what it put out. Never raises."""
    COLLECTOR.begin()
    try:
        COLLECTOR.count = shell.execution_count
        result = shell.run_cell(source, store_history=True)  # type: ignore[no-untyped-call]
        _record_error(result)
    except BaseException as error:
        COLLECTOR.error(type(error).__name__, str(error), [f"{type(error).__name__}: {error}"])
    _flush()
    return COLLECTOR.take()


def _record_error(result: ExecutionResult) -> None:
    """An error whose traceback was kept from being shown is an error all the same."""
    error = result.error_before_exec or result.error_in_exec
    if error is None:
        return
    name = type(error).__name__
    if not any(each["output_type"] == "error" and each["ename"] == name for each in COLLECTOR.outputs):
        COLLECTOR.error(name, str(error), [f"{name}: {error}"])


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "flush"):
            try:
                stream.flush()
            except Exception:
                continue
