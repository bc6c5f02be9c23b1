"""What is to be imported: a folder, a zip or a notebook as files in memory, and which of the formats it is in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Literal

from heitu.engines.grading.otter.assign import is_assign
from heitu.engines.lifecycle.faults import DefinitionError, Fault
from heitu.engines.sandbox import archives
from heitu.engines.sandbox.archives import BadArchive, Room
from heitu.ground.core.text import Text

Kind = Literal["nbgrader", "otter", "myst", "cartridge"]
Files = Mapping[str, bytes]
ROOM = Room(files=5_000, size=256 << 20)
_IGNORED = (".git", ".ipynb_checkpoints", "__pycache__", "__MACOSX", "_build", ".DS_Store")


def files_of(source: Path) -> dict[str, bytes]:
    """Every file by its path inside the source. Raises DefinitionError, before a byte of an archive is unpacked."""
    try:
        if source.is_dir():
            return _folder(source)
        content = source.read_bytes()
        if not content.startswith(b"PK"):
            return {source.name: content}
        return archives.without_wrapper(archives.unpack(content, ROOM, _is_wanted))
    except BadArchive as error:
        raise DefinitionError([Fault(str(source), 0, Text(zh=error.zh, en=error.en))]) from None


def _folder(folder: Path) -> dict[str, bytes]:
    """Links are neither followed nor taken."""
    found = [
        (path.relative_to(folder).as_posix(), path) for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.is_symlink() and path.resolve().is_relative_to(folder.resolve())
    ]
    taken = [(name, path) for name, path in found if _is_wanted(name)]
    if len(taken) > ROOM.files:
        raise archives.too_many(ROOM)
    if sum(path.stat().st_size for _, path in taken) > ROOM.size:
        raise archives.too_large(ROOM)
    return {name: path.read_bytes() for name, path in taken}


def _is_wanted(name: str) -> bool:
    return not any(part in _IGNORED or part.startswith("._") for part in PurePosixPath(name).parts)


def kind_of(files: Files) -> Kind | None:
    """Told by the files that only one format has."""
    names = {PurePosixPath(name).name for name in files}
    notebooks = [data for name, data in files.items() if name.endswith(".ipynb")]
    if "imsmanifest.xml" in files:
        return "cartridge"
    if files.keys() & {"_toc.yml", "myst.yml"}:
        return "myst"
    if "otter_config.json" in names or any(map(is_assign, notebooks)):
        return "otter"
    if any(_has_nbgrader(data) for data in notebooks):
        return "nbgrader"
    return "myst" if any(name.endswith(".md") for name in files) else None


def _has_nbgrader(data: bytes) -> bool:
    try:
        cells = json.loads(data)["cells"]
        return any("nbgrader" in cell.get("metadata", {}) for cell in cells)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return False
