"""Fixtures of the judge's tests: its own tasks, one warm zygote, and honest skips where the machine lacks a tool."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from heitu.engines.judge import LayersMissing, Nursery, Verdict, judge
from tests.peers.environments import FOLDER

HERE = Path(__file__).parent
TASKS = HERE / "tasks"
FRAMEWORKS = FOLDER.parent / "toolchains"
Judge = Callable[..., Verdict]


def absent(what: str) -> None:
    """Skip by saying what is missing; on a build server, where everything must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


INSTALL = "from heitu.engines.sandbox import toolchains; [toolchains.install(name) for name in ('torch', 'mindspore')]"
_installing = pytest.StashKey["subprocess.Popen[bytes]"]()


def pytest_collection_finish(session: pytest.Session) -> None:
    """The frameworks take a minute and a half to install: begin now, beside the tests that don't need them."""
    if any(item.path.name == "test_toolchains.py" for item in session.items) and not session.config.option.collectonly:
        given = {**os.environ, "HEITU_TOOLCHAINS": str(FRAMEWORKS)}
        session.config.stash[_installing] = subprocess.Popen(["nice", sys.executable, "-c", INSTALL], env=given)


def pytest_sessionfinish(session: pytest.Session) -> None:
    process = session.config.stash.get(_installing, None)
    if process is not None and process.poll() is None:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def frameworks(request: pytest.FixtureRequest) -> Path:
    """The folder with both, beside the peers' environments, installed once and kept."""
    if request.config.stash[_installing].wait():
        absent("torch and mindspore can't be installed: see pip's words above")
    return FRAMEWORKS


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    try:
        with Nursery() as entered:
            yield entered
    except LayersMissing as error:
        absent(f"no full sandbox here: {error.en}")


@pytest.fixture
def compiler() -> None:
    if shutil.which("g++") is None:
        absent("g++ is missing")


@pytest.fixture
def judged(nursery: Nursery, tmp_path: Path) -> Judge:
    """Judge a source text (or a path) by one of the tests' own tasks, quickly."""

    def run(source: str | Path, *, task: str = "squash", suffix: str = ".py", **options: Any) -> Verdict:
        path = source if isinstance(source, Path) else tmp_path / f"work{suffix}"
        if isinstance(source, str):
            path.write_text(dedent(source), encoding="utf-8")
        return judge(TASKS / task, path, nursery=nursery, **{"quick": True, **options})

    return run
