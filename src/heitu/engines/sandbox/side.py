"""One sandbox for a notebook's cells as the worker holds it: messages in, messages out, and what time they took."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from heitu.engines.sandbox import channel, parcels
from heitu.engines.sandbox.box import TIME_LIMIT, Box, Ended, Room
from heitu.engines.sandbox.errors import SandboxFault
from heitu.engines.sandbox.notebook import tape
from heitu.engines.sandbox.notebook.envelope import Unreadable, seal, unseal
from heitu.engines.sandbox.nursery import Nursery

_OPEN_SECONDS = 20.0
_GRACE = 2.0


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Of one notebook: seconds of processor time a cell (nbgrader's default is 30), and the sandbox's room.

    `patience`: seconds for all cells of a notebook together, after which it is handed back undone (`TakesLong`).
    """

    seconds: float = 30.0
    patience: float | None = None
    memory_mb: int = 1024
    disk_mb: int = 64
    processes: int = 64


class TakesLong(Exception):
    """The notebook's patience is over: nobody's fault, and nothing is said of what it would earn."""


@dataclass
class Spent:
    """What is left of a cell's time, and whether it was interrupted."""

    left: float
    interrupted: bool = False


class Side:
    """Use as a context manager; what runs inside ends with it."""

    def __init__(self, nursery: Nursery, limits: Limits, files: Mapping[str, bytes], place: dict[str, Any]) -> None:
        """Raises SandboxFault, LayersMissing. One that asks is the author's, and needn't stand still in between."""
        self._is_ours = bool(place.get("asks"))
        room = Room(limits.memory_mb, limits.processes, limits.disk_mb)
        self._box = Box(nursery, room, {}, list(files.items()))
        self.ended = ""
        try:
            self._box.start(_OPEN_SECONDS)
            opened = unseal(self.say(seal({"open": {**place, "files": list(files)}}), Spent(_OPEN_SECONDS)))
        except (Ended, Unreadable) as error:
            self.close()
            raise SandboxFault(f"the notebook's sandbox did not open: {error}") from error
        if "opened" not in opened[0]:
            self.close()
            raise SandboxFault(f"the notebook's sandbox did not open: {opened[0]}")

    def __enter__(self) -> Side:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Safe to repeat."""
        self._box.close()

    @property
    def processor_seconds(self) -> float:
        """Used so far; 0 where nothing counts it."""
        return self._box.processor_seconds() or 0.0

    def say(self, message: bytes, spent: Spent, *, look: bool = True, watch: Callable[[bytes], bool] | None = None) -> bytes:
        """Its answer; `look=False` for one of many. Raises Ended when it ended itself or was ended, Unreadable when it didn't answer.

        `watch` is told, many times a second, what the cell has put out since the last time, as lines of the `tape`; when it
        answers True the cell is interrupted.
        """
        number = secrets.randbits(63)
        laid = parcels.pack(number, message)
        self._box.inputs[channel.IN_DATA : channel.IN_DATA + len(laid)] = laid
        reader = tape.Reader(self._box.outputs, number)
        try:
            _, seconds = self._box.interruptible_call(
                max(spent.left, 0.05), _GRACE, still=not self._is_ours, look=look and not self._is_ours,
                watch=None if watch is None else lambda: watch(reader.news()),
            )
        except Ended as error:
            if watch is not None:
                watch(reader.news())  # its last words
            self.ended = error.text
            spent.interrupted = spent.interrupted or error.verdict == TIME_LIMIT
            raise
        spent.left -= seconds
        spent.interrupted = spent.interrupted or self._box.interrupted
        try:
            return parcels.take(self._box.outputs, channel.OUT_DATA, number)
        except parcels.Garbled as error:
            raise Unreadable(str(error)) from None
