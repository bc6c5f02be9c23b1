"""The program inside a sandbox that runs a notebook's cells, one message at a time.

Two sandboxes may sit beside each other: in one a stranger's cells run, in the other cells of whoever set the work,
whose names are looked up in the first. The messages, {"do": …} apart, which is a peer's:

    {"open": {"files": […], "asks": bool, …}}   take a place: copy the files, and whether unknown names are asked for;
                                                "live" keeps a tape while cells run, "most" bounds what one puts out
    {"run": source, "expect": …, …}             → {"ran": outputs, "seen": …}: by which rule for stand-ins, and what it saw

A stranger's code runs in this process: whatever comes from it is believed by nobody.
"""

from __future__ import annotations

import gc
import json
import mmap
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import numpy as np

from heitu.engines.sandbox import boot, channel, parcels
from heitu.engines.sandbox.notebook import pristine, shell
from heitu.engines.sandbox.notebook.envelope import seal, unseal
from heitu.engines.sandbox.notebook.names import Borrowed
from heitu.engines.sandbox.notebook.peer import Peer, Rule
from heitu.engines.sandbox.notebook.tape import Tape

_SHELL: list[shell.Shell] = []
_DESK: list[Desk] = []


def prepare() -> None:
    """Before the fork: make the shell, so that no child waits for it."""
    made = shell.make()
    for source in ("0", "print(end='')\n1 / 0", "def ("):  # what each of them imports
        shell.run(made, source)
    made.reset(new_session=False)  # type: ignore[no-untyped-call]
    pristine.remember()
    _SHELL.append(made)


def serve() -> None:
    """Obey messages forever."""
    _DESK.append(Desk(_SHELL[0], boot.memories()))
    _DESK[0].serve()


def ask(do: str, *given: Any) -> Any:
    """For a module beside the notebook that has to ask the worker for something while a cell runs."""
    return _DESK[0].ask(do, *given)


class Desk:
    """One notebook."""

    def __init__(self, with_shell: shell.Shell, memories: tuple[mmap.mmap, mmap.mmap]) -> None:
        self._shell, (self._read, self._write) = with_shell, memories
        self._number = 0
        self._peer = Peer(self._exchange, self._shell.user_ns)
        self._borrowed: Borrowed | None = None
        self._tape: Tape | None = None

    def ask(self, do: str, *given: Any) -> Any:
        """Ask the other side."""
        return self._peer.ask(do, *given)

    def serve(self) -> None:
        """One message after another."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        gc.enable()
        random.seed()
        np.random.seed()
        shell.enter()
        boot.answer(self._write, channel.frame(channel.OK))
        boot.wait()
        while True:
            self._number, data = parcels.unpack(self._read, channel.IN_DATA)
            self._say(self._reply(data))

    def _exchange(self, data: bytes) -> bytes:
        self._say(data)
        self._number, answer = parcels.unpack(self._read, channel.IN_DATA)
        return answer

    def _say(self, data: bytes) -> None:
        try:
            said = parcels.pack(self._number, data)
        except ValueError:
            said = parcels.pack(self._number, _message({"raised": [None, "ValueError", "ValueError", ["t", "too large"]]}))
        self._write[channel.OUT_DATA : channel.OUT_DATA + len(said)] = said
        boot.answer(self._write, channel.frame(channel.OK))
        boot.wait()

    def _reply(self, data: bytes) -> bytes:
        body, _ = unseal(data)
        if "open" in body:
            return _message(self._open(body["open"]))
        signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            return self._peer.answer(self._peer.reader(data)) if "do" in body else _message(self._run(body))
        except BaseException as error:  # an interrupt that came a moment late
            return _message({"ran": [], "failed": type(error).__name__})
        finally:
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def _open(self, place: dict[str, Any]) -> dict[str, Any]:
        os.environ.update(place.get("environment", {}))
        here = os.getcwd()
        for name in place.get("files", []):
            target = Path(here, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(Path("/submission", name), target)
        sys.path.insert(0, here)
        shell.COLLECTOR.most = place.get("most", shell.COLLECTOR.most)
        if place.get("live"):
            self._tape = shell.COLLECTOR.tape = Tape(self._write)
            self._shell.execution_count = 1  # what came before the fork doesn't count
        if place.get("asks"):
            self._borrowed = self._shell.user_ns = Borrowed(self._shell.user_ns, place, self._exchange)
            self._peer = self._borrowed.peer
        return {"opened": True}

    def _run(self, body: dict[str, Any]) -> dict[str, Any]:
        expected = body.get("expect", {})
        rule = self._peer.rule = Rule(expected.get("origins"), learning=bool(expected.get("learning", True)))
        if self._borrowed is not None:
            self._borrowed.refresh(with_chance=bool(body.get("chance")))
        if body.get("afresh"):
            pristine.restore()
        if self._tape is not None:
            self._tape.begin(self._number)
        outputs = shell.run(self._shell, body["run"])
        if body.get("quietly"):
            outputs = [each for each in outputs if each["output_type"] == "error"]
        if self._borrowed is not None:
            self._borrowed.hand_over(body.get("exports", []))
        seen = {place: sorted(kinds) for place, kinds in rule.seen.items()}
        return {"ran": outputs, "count": self._shell.execution_count, "seen": seen}


def _message(body: dict[str, Any]) -> bytes:
    return seal(json.loads(json.dumps(body, default=str)))
