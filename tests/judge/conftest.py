"""Fixtures of the judge's tests: its own tasks, one warm zygote, and honest skips where the machine lacks a tool."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from heitu.engines.judge import LayersMissing, Nursery, Verdict, judge
from tests import frameworks

HERE = Path(__file__).parent
TASKS = HERE / "tasks"
Judge = Callable[..., Verdict]


def absent(what: str) -> None:
    """Skip by saying what is missing; on a build server, where everything must be there, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="session")
def toolchains() -> Path:
    """The folder with PyTorch and MindSpore, which take a minute and a half to install."""
    try:
        return frameworks.install()
    except subprocess.CalledProcessError:
        absent("torch and mindspore can't be installed: see pip's words above")
        raise


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
