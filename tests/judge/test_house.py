"""Breaking the house: floods and escapes, each contained within its limits, with nothing left behind."""

from __future__ import annotations

import platform
import re
import shutil
import time
from pathlib import Path

import pytest

from heitu.engines.judge import Nursery, judge
from heitu.engines.sandbox import box
from heitu.engines.sandbox.box import Room

from .conftest import TASKS
from .sandboxed import inside
from .traces import Traces

HOUSE = sorted((Path(__file__).parent / "house").glob("*.py"))
ROOM = Room(memory_mb=64, processes=8, disk_mb=4)
SECONDS = 0.4  # of processor time, for those who would use it for ever
# An application may have sockets, its own descriptors 3 and 4, and it is a process of its own beside the relay's.
SPECIAL = ("sockets", "truncated_map", "limits", "signal_everyone")


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the files name system calls by x86-64's numbers")
@pytest.mark.parametrize("path", HOUSE, ids=lambda path: path.stem)
def test_it_is_contained_and_leaves_nothing(nursery: Nursery, monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    """`fate` in the file: a verdict, `fine` for one that tries doors and lives, `any` where chance decides."""
    source = path.read_text(encoding="utf-8")
    named = re.search(r"^# fate: (\w+)$", source, re.MULTILINE)
    assert named
    monkeypatch.setattr(box, "_WALL_EXTRA", 0.5)  # sleepers needn't sleep for long
    before = Traces.now(nursery)
    begun = time.monotonic()
    said, bad = inside(nursery, source, ROOM, seconds=SECONDS if named[1] in ("time_limit", "any") else 3.0)
    assert time.monotonic() - begun < 60
    assert "GOT" not in said
    if named[1] == "fine":
        assert (bad, "TRIED" in said) == ("", True)
    elif named[1] != "any":
        assert bad == named[1]
    assert Traces.now(nursery) == before


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The adding service that must listen at once, as none of these ever does."""
    folder = tmp_path_factory.mktemp("hasty") / "adder"
    shutil.copytree(TASKS / "adder", folder)
    spec = (folder / "task.yaml").read_text(encoding="utf-8")
    assert "start_seconds: 2\n" in spec
    (folder / "task.yaml").write_text(spec.replace("start_seconds: 2\n", "start_seconds: 0.3\n"), encoding="utf-8")
    return folder


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the files name system calls by x86-64's numbers")
@pytest.mark.parametrize("path", [path for path in HOUSE if path.stem not in SPECIAL], ids=lambda path: path.stem)
def test_an_application_breaks_it_no_more(nursery: Nursery, hasty: Path, tmp_path: Path, path: Path) -> None:
    """The same attempts beside the relay, where there is a network; for sockets see exploits/app_other_sockets.py."""
    (tmp_path / "app.yaml").write_text("start: service\nrun: main.py\n")
    (tmp_path / "main.py").write_bytes(path.read_bytes())
    before = Traces.now(nursery)
    begun = time.monotonic()
    verdict = judge(hasty, tmp_path, cases="public", nursery=nursery)
    assert time.monotonic() - begun < 90
    assert verdict.verdict in ("runtime_error", "time_limit", "memory_limit", "output_limit")
    assert "GOT" not in verdict.log
    assert Traces.now(nursery) == before


def test_there_are_enough() -> None:
    assert len(HOUSE) >= 25
