"""The entry to imports: what a source holds, whichever format it is in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from heitu.engines.lifecycle.faults import DefinitionError, Fault
from heitu.ground.core.text import Text
from heitu.kinds.courses.trade import books, cartridges, labs, otter
from heitu.kinds.courses.trade.found import Found
from heitu.kinds.courses.trade.sources import Files, files_of, kind_of

_READERS: dict[str, Callable[[Files], Found]] = {
    "nbgrader": labs.read, "otter": otter.read, "myst": books.read, "cartridge": cartridges.read,
}


def found_in(source: Path, kind: str | None = None) -> Found:
    """`kind` None: told by the files. Raises DefinitionError where nothing can be read at all."""
    files = files_of(source)
    told = kind or kind_of(files)
    if told is None or (told == "cartridge" and cartridges.MANIFEST not in files):
        zh = "看不出是哪种格式：没有 imsmanifest.xml、_toc.yml、myst.yml、.md，也没有 nbgrader 或 otter 的笔记本"
        en = "of no known format: no imsmanifest.xml, _toc.yml, myst.yml or .md, and no notebook of nbgrader or otter"
        raise DefinitionError([Fault(str(source), 0, Text(zh=zh, en=en))])
    try:
        return _READERS[told](files)
    except RecursionError:
        raise DefinitionError([Fault(str(source), 0, Text(zh="嵌套太深，读不了", en="nested too deeply to be read"))]) from None
