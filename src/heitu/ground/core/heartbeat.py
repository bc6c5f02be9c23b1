"""A sign of life in the database, from a thread of its own while work goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

BEAT_SECONDS = 10.0


@contextmanager
def beating(beat: Callable[[], object]) -> Iterator[None]:
    """While inside, `beat` is called every BEAT_SECONDS."""
    stop = threading.Event()
    thread = threading.Thread(target=_beat, args=(beat, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def _beat(beat: Callable[[], object], stop: threading.Event) -> None:
    while not stop.wait(BEAT_SECONDS):
        beat()
    connection.close()
