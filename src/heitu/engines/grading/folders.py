"""Files as they lie in a folder or a zip, in a bounded number and size."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from heitu.engines.grading.faults import BrokenAssignment, Fault
from heitu.engines.sandbox import archives
from heitu.engines.sandbox.archives import BadArchive, Room

_ROOM = Room(500, 32 << 20)
_IGNORED = (".ipynb_checkpoints", "__pycache__", ".git")


def read_folder(folder: Path) -> dict[str, bytes]:
    """Every file in it, by its path from there. Raises BrokenAssignment where that is too much."""
    paths = [p for p in sorted(folder.rglob("*")) if p.is_file() and not p.is_symlink() and not _is_ignored(p.relative_to(folder))]
    _insist_on_size(folder.name, len(paths), sum(p.stat().st_size for p in paths if p.suffix != ".ipynb"))
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in paths}


def read_zip(name: str, data: bytes) -> dict[str, bytes]:
    """Every file in it; one folder around all of them is taken off. Raises BrokenAssignment."""
    try:
        return archives.without_wrapper(archives.unpack(data, _ROOM, lambda each: not _is_ignored(PurePosixPath(each))))
    except BadArchive as error:
        zh, en = f"压缩包：{error.zh}", f"the zip: {error.en}"
        raise BrokenAssignment(name, [Fault("zip", 0, "", zh, en)]) from None


def _is_ignored(path: PurePosixPath | Path) -> bool:
    return any(part in _IGNORED or part.startswith("._") for part in path.parts)


def _insist_on_size(name: str, number: int, size: int) -> None:
    if number > _ROOM.files or size > _ROOM.size:
        most = f"{_ROOM.files} files, {_ROOM.size >> 20} MB"
        zh, en = f"文件过多或过大（上限 {most}）", f"too many or too large files (at most {most})"
        raise BrokenAssignment(name, [Fault("too_large", 0, "", zh, en)])
