"""A pytest plugin: a real PostgreSQL in a folder of its own, up before Django reads its settings."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path


def _start() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "heitu.site.settings")
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the controller's server is in the inherited DATABASE_URL
    folder = Path(tempfile.mkdtemp(prefix="heitu-test-"))
    folder.chmod(0o755)
    os.environ["HEITU_HOME"] = str(folder)

    from heitu.ground.core import embedded

    stack = ExitStack()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(stack.close)
    url = stack.enter_context(embedded.database(folder))
    _trade_safety_for_speed(url)


def _trade_safety_for_speed(url: str) -> None:
    """A test database may be lost with the machine, so commits needn't wait for the disk."""
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            connection.execute(f"ALTER SYSTEM SET {setting}")
        connection.execute("SELECT pg_reload_conf()")
        connection.execute("ALTER ROLE CURRENT_USER SET heitu.may_truncate = 'on'")  # how Django empties tables


_start()
