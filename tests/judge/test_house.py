"""Breaking the house: floods and escapes, each contained within its limits, with nothing left behind."""

from __future__ import annotations

import platform
import re
import time
from pathlib import Path

import pytest

from heitu.engines.judge import Nursery, judge
from heitu.engines.sandbox.box import Room

from .conftest import TASKS
from .sandboxed import inside
from .traces import Traces

HOUSE = sorted((Path(__file__).parent / "house").glob("*.py"))
ROOM = Room(memory_mb=64, processes=8, disk_mb=4)
SECONDS = 0.4
# An application may have sockets, its own descriptors 3 and 4, and it is a process of its own beside the relay's.
SPECIAL = ("sockets", "truncated_map", "limits", "signal_everyone")


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


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the files name system calls by x86-64's numbers")
@pytest.mark.parametrize("path", [path for path in HOUSE if path.stem not in SPECIAL], ids=lambda path: path.stem)
def test_an_application_breaks_it_no_more(nursery: Nursery, tmp_path: Path, path: Path) -> None:
    """The same attempts beside the relay, where there is a network; for sockets see exploits/app_other_sockets.py."""
    (tmp_path / "app.yaml").write_text("start: service\nrun: main.py\n")
    (tmp_path / "main.py").write_bytes(path.read_bytes())
    before = Traces.now(nursery)
    begun = time.monotonic()
    verdict = judge(TASKS / "adder", tmp_path, cases="public", nursery=nursery)
    assert time.monotonic() - begun < 25
    assert verdict.verdict in ("runtime_error", "time_limit", "memory_limit", "output_limit")
    assert "GOT" not in verdict.log
    assert Traces.now(nursery) == before


def test_there_are_enough() -> None:
    assert len(HOUSE) >= 25
