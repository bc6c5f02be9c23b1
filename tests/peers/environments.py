"""Environments of the peers' own under .dev/peers, made once and kept; a stamp names what is in them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

FOLDER = Path(__file__).resolve().parents[2] / ".dev" / "peers"
SECONDS = 240


def python_with(name: str, *requirements: str) -> Path:
    """The interpreter of a virtual environment that holds exactly `requirements`."""
    place = FOLDER / name
    if _stamp(place) != " ".join(requirements):
        shutil.rmtree(place, ignore_errors=True)
        uv, python = _uv(), str(place / "bin" / "python")
        _run([uv, "venv", "--quiet", "--python", sys.executable, str(place)], Path.cwd())
        _run([uv, "pip", "install", "--quiet", "--python", python, *requirements], place)
        (place / "stamp").write_text(" ".join(requirements))
    return place / "bin" / "python"


def _uv() -> str:
    """The one that `./dev` brought for the project's own environment; twenty times as fast as pip."""
    found = next(FOLDER.parent.glob("uv-*/bin/uv"), None) or shutil.which("uv")
    return str(found) if found else cannot("uv is missing: run ./dev setup")


def node_with(name: str, source: Path) -> Path:
    """A folder with `source`'s package.json installed and its scripts beside it."""
    place = FOLDER / name
    if shutil.which("node") is None or shutil.which("npm") is None:
        cannot("node and npm are not installed")
    wanted = (source / "package.json").read_text()
    if _stamp(place) != wanted:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        shutil.copy(source / "package.json", place)
        _run(["npm", "install", "--no-audit", "--no-fund", "--loglevel=error"], place)
        (place / "stamp").write_text(wanted)
    for script in source.glob("*.mjs"):
        shutil.copy(script, place)
    return place


def cannot(why: str) -> NoReturn:
    """Skip and say so; where CI must compare, fail."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"the peers can't be set up: {why}")
    pytest.skip(why)


def _stamp(place: Path) -> str:
    stamp = place / "stamp"
    return stamp.read_text() if stamp.exists() else ""


def _run(command: list[str], place: Path) -> None:
    try:
        done = subprocess.run(command, cwd=place, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        cannot(f"{command[0]} took longer than {SECONDS} s")
    if done.returncode:
        cannot(f"{' '.join(command[:3])}: {done.stderr.strip()[-400:]}")
