"""Breaking the house: floods and escapes, each contained within its limits, with nothing left behind."""

from __future__ import annotations

import platform
import re
import time
from pathlib import Path

import pytest

from heitu.engines.judge import Nursery
from heitu.engines.judge.sandbox.box import Room

from .sandboxed import inside
from .traces import Traces

HOUSE = sorted((Path(__file__).parent / "house").glob("*.py"))
ROOM = Room(memory_mb=64, processes=8, disk_mb=4)
SECONDS = 0.4


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the files name system calls by x86-64's numbers")
@pytest.mark.parametrize("path", HOUSE, ids=lambda path: path.stem)
def test_it_is_contained_and_leaves_nothing(nursery: Nursery, path: Path) -> None:
    """`fate` in the file: a verdict, `fine` for one that tries doors and lives, `any` where chance decides."""
    source = path.read_text(encoding="utf-8")
    named = re.search(r"^# fate: (\w+)$", source, re.MULTILINE)
    assert named
    before = Traces.now(nursery)
    begun = time.monotonic()
    said, bad = inside(nursery, source, ROOM, seconds=3.0 if named[1] == "fine" else SECONDS)
    assert time.monotonic() - begun < 3 * SECONDS + 5 + 10
    assert "GOT" not in said
    if named[1] == "fine":
        assert (bad, "TRIED" in said) == ("", True)
    elif named[1] != "any":
        assert bad == named[1]
    assert Traces.now(nursery) == before


def test_there_are_enough() -> None:
    assert len(HOUSE) >= 25
