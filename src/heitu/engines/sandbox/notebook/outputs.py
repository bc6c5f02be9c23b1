"""What a cell puts out, in the words of the notebook format, bounded in size."""

from __future__ import annotations

import base64
import io
import sys
from typing import Any

from heitu.engines.sandbox.notebook.tape import Tape

MOST_CHARACTERS = 4 << 20
_BINARY = ("image/png", "image/jpeg", "application/pdf")
_CUT = "\n… more output was dropped\n"


class Collector:
    """The outputs of the cell that is running; streams of one name in a row are one output."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.count = 0
        self.most = MOST_CHARACTERS
        self.tape: Tape | None = None
        self._room = self.most
        self._clearing = False

    def begin(self) -> None:
        """Of a new cell."""
        self.outputs, self._room, self._clearing = [], self.most, False

    def take(self) -> list[dict[str, Any]]:
        """What has come since the last time."""
        taken, self.outputs = self.outputs, []
        return taken

    def stream(self, name: str, text: str) -> None:
        """Text on stdout or stderr; beyond the bound nothing more is kept."""
        self._clear_if_due()
        if self._room <= 0:
            if not any(output.get("name") == name for output in self.outputs):
                self._add({"output_type": "stream", "name": name, "text": _CUT})
            return
        kept = text[: self._room]
        self._room -= len(kept)
        kept += _CUT if self._room <= 0 else ""
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last["name"] == name:
            last["text"] += kept
        else:
            self.outputs.append({"output_type": "stream", "name": name, "text": kept})
        self._tell("stream", name, kept)

    def rich(self, kind: str, data: dict[str, Any], metadata: dict[str, Any], **more: Any) -> None:
        """A display_data or an execute_result."""
        self._clear_if_due()
        bundle = {mime: _as_text(mime, value) for mime, value in data.items()}
        size = sum(len(str(value)) for value in bundle.values())
        if size > self._room:
            bundle, size = {"text/plain": str(bundle.get("text/plain", ""))[:1000] + _CUT}, 1000
        self._room -= size
        self._add({"output_type": kind, "data": bundle, "metadata": metadata, **more})

    def error(self, name: str, value: str, traceback: list[str]) -> None:
        """An exception that ended the cell."""
        self._clear_if_due()
        lines = [line[:20_000] for line in traceback[:200]]
        self._add({"output_type": "error", "ename": name, "evalue": value[:20_000], "traceback": lines})

    def clear(self, *, wait: bool) -> None:
        """IPython's clear_output."""
        self._clearing = True
        if not wait:
            self._clear_if_due()

    def _clear_if_due(self) -> None:
        if self._clearing:
            self.outputs, self._clearing = [], False
            self._tell("clear")

    def _add(self, output: dict[str, Any]) -> None:
        self.outputs.append(output)
        self._tell("output", output)

    def _tell(self, *line: Any) -> None:
        """Somebody watches while the cell runs."""
        if self.tape is not None:
            self.tape.say(*line)


class Stream(io.TextIOBase):
    """sys.stdout or sys.stderr of a cell."""

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, collector: Collector, name: str, descriptor: int) -> None:
        self._collector, self.name, self._descriptor = collector, name, descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.stream(self.name, text)
        return len(text)

    def fileno(self) -> int:
        return self._descriptor

    def writable(self) -> bool:
        return True


def connect(collector: Collector) -> None:
    """Let what is printed from now on go to the collector."""
    sys.stdout, sys.stderr = Stream(collector, "stdout", 1), Stream(collector, "stderr", 2)


def _as_text(mime: str, value: Any) -> Any:
    """Bytes as base64, which is how notebooks keep pictures."""
    if isinstance(value, bytes):
        return base64.b64encode(value).decode() if mime in _BINARY else value.decode(errors="replace")
    return value
