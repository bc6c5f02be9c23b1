"""An assignment: notebooks, the files beside them, and what grading by it needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from heitu.engines.grading import bindings as finding
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.faults import BrokenAssignment, Fault
from heitu.engines.grading.source import Source, read_source
from heitu.engines.sandbox import archives
from heitu.engines.sandbox.archives import BadArchive, Room

_ROOM = Room(500, 32 << 20)
_IGNORED = (".ipynb_checkpoints", "__pycache__", ".git")


@dataclass
class Assignment:
    """What nbgrader calls one: every notebook of a `source/ASSIGNMENT` folder. `files` lie beside them."""

    name: str
    sources: dict[str, Source]
    files: dict[str, bytes] = field(default_factory=dict)
    kind: str = "nbgrader"

    @classmethod
    def from_path(cls, path: Path | str) -> Any:
        """A notebook, a folder of them, or a zip of either; an otter autograder zip or assign notebook as well.

        Raises BrokenAssignment with every fault.
        """
        from heitu.engines.grading.otter import assign
        from heitu.engines.grading.otter import reading as otter

        path = Path(path)
        files = _read(path)
        name = path.stem if path.is_file() else path.resolve().name
        if otter.is_otter(files):
            return otter.read(name, files)
        if any(each.endswith(".ipynb") and assign.is_assign(data) for each, data in files.items()):
            return assign.read(name, files | _named_beside(path, files))
        return cls.from_files(name, files)

    @classmethod
    def from_source(cls, data: bytes, name: str = "notebook", files: Mapping[str, bytes] | None = None) -> Assignment:
        """One source notebook, with the files that lie beside it. Raises BrokenAssignment."""
        return cls(name, {name: read_source(name, data)}, dict(files or {}))

    @classmethod
    def from_files(cls, name: str, files: Mapping[str, bytes]) -> Assignment:
        """The content of a folder. Raises BrokenAssignment with the faults of all notebooks."""
        notebooks = {PurePosixPath(each).stem: data for each, data in files.items() if each.endswith(".ipynb")}
        beside = {each: data for each, data in files.items() if not each.endswith(".ipynb")}
        if not notebooks:
            raise BrokenAssignment(name, [Fault("no_notebook", 0, "", "没有 .ipynb 笔记本", "there is no .ipynb notebook")])
        sources, faults = {}, []
        for each, data in sorted(notebooks.items()):
            try:
                sources[each] = read_source(each, data)
            except BrokenAssignment as error:
                faults += error.faults
        if faults:
            raise BrokenAssignment(name, faults)
        return cls(name, sources, beside)

    def release(self) -> bytes:
        """The student's version of the only notebook; `releases` has those of several."""
        (only,) = self.releases.values()
        return only

    @cached_property
    def releases(self) -> dict[str, bytes]:
        """The student's versions, by notebook."""
        return {name: source.release() for name, source in self.sources.items()}

    @cached_property
    def bindings(self) -> dict[str, Bindings]:
        """Whose names are whose, by notebook."""
        return {name: finding.find(source.solved["cells"]) for name, source in self.sources.items()}

    @property
    def modules(self) -> list[str]:
        """What the notebooks import, to be loaded before the fork."""
        return sorted({module for each in self.bindings.values() for module in each.modules})

    @property
    def maximum(self) -> float:
        """All points."""
        return sum(source.maximum for source in self.sources.values())


def _read(path: Path) -> dict[str, bytes]:
    if path.is_dir():
        return read_folder(path)
    if not path.is_file():
        raise BrokenAssignment(path.name, [Fault("no_file", 0, "", f"找不到 {path}", f"there is no {path}")])
    if path.suffix == ".zip":
        return read_zip(path.name, path.read_bytes())
    return {path.name: path.read_bytes()}


def _named_beside(path: Path, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files that a notebook of otter assign asks for, where it was given alone: from its folder, none from outside."""
    from heitu.engines.grading.otter.assign import named_files

    found: dict[str, bytes] = {}
    for name in named_files(files[path.name]) if path.suffix == ".ipynb" else ():
        place = (path.parent / name).resolve()
        if place.is_relative_to(path.parent.resolve()) and place.is_dir():
            found |= {f"{name}/{each}": data for each, data in read_folder(place).items()}
        elif place.is_relative_to(path.parent.resolve()) and place.is_file():
            found[name] = place.read_bytes()
    return found


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
