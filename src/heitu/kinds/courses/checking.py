"""Courses among what `heitu check` looks at."""

from __future__ import annotations

from pathlib import Path

from heitu.engines.lifecycle.faults import Fault
from heitu.engines.lifecycle.packs import part_of_packs
from heitu.ground.core.text import Text


def check(place: Path) -> tuple[int, list[Fault]]:
    """The courses in a pack's folder, or the one in `place` itself, with every fault in them."""
    from heitu.kinds.courses.pack.reading import course_folders, examine  # docutils takes half a second to import

    folders = course_folders(place)
    return len(folders), [fault for folder in folders for fault in examine(folder)[1]]


part_of_packs("courses", title=Text(zh="门课程", en="course(s)"), check=check)
