"""What surrounds a timed call: nothing that happened before may show in it, and the worker is there when it ends."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_LEAST, _MOST = 8 << 20, 64 << 20
_UNITS = {"K": 1 << 10, "M": 1 << 20}


class Quiet:
    """Cores for a timing: `core` is the twins', the rest are the worker's, unless there is only one."""

    def __init__(self) -> None:
        self._allowed = os.sched_getaffinity(0)
        self.core = max(self._allowed)
        self._others = self._allowed - {self.core}
        self._data = np.zeros(_cache_bytes(self.core) // 8, dtype=np.int64)

    def __enter__(self) -> Quiet:
        os.sched_setaffinity(0, self._others or self._allowed)
        return self

    def __exit__(self, *_: object) -> None:
        os.sched_setaffinity(0, self._allowed)

    @contextlib.contextmanager
    def call(self) -> Iterator[None]:
        """Around one timed call, of either twin."""
        self._flush()
        with self._first_in_line():
            yield

    def _flush(self) -> None:
        """Fill the twins' caches with data that is neither's: who ran last would else have gone to warm its own."""
        os.sched_setaffinity(0, {self.core})
        try:
            self._data += 1
        finally:
            os.sched_setaffinity(0, self._others or self._allowed)

    @contextlib.contextmanager
    def _first_in_line(self) -> Iterator[None]:
        """Real-time priority, so that a busy neighbour doesn't keep the worker from reading its clock."""
        urgent = False
        if self._others:
            with contextlib.suppress(OSError):
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1))
                urgent = True
        try:
            yield
        finally:
            if urgent:
                os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def _cache_bytes(core: int) -> int:
    """Twice the largest cache of the core, but for those of a whole socket, which nobody fills in a moment."""
    sizes = [_LEAST]
    for path in Path(f"/sys/devices/system/cpu/cpu{core}/cache").glob("index*/size"):
        text = path.read_text().strip()
        sizes.append(2 * int(text[:-1]) * _UNITS.get(text[-1], 1))
    return max(size for size in sizes if size <= _MOST)
