"""Code run in a sandbox by itself, without a task around it."""

from __future__ import annotations

from heitu.engines.judge import Nursery
from heitu.engines.sandbox import channel
from heitu.engines.sandbox.box import Box, Ended, Room

BOOT = {"language": "numpy", "file": "submission.py", "entry": "act"}


def inside(nursery: Nursery, source: str, room: Room | None = None, seconds: float = 3.0) -> tuple[str, str]:
    """Load a source; what it printed, and what became of it ("" for nothing bad)."""
    files = [("submission.py", source.encode())]
    with Box(nursery, room or Room(memory_mb=64, processes=8, disk_mb=4), BOOT, files) as box:
        try:
            reply = box.start(seconds)
        except Ended as error:
            return channel.printable(box.log), error.verdict
        return channel.printable(box.log), "" if reply.status == channel.OK else reply.text
