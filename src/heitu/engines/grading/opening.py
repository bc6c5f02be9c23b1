"""An assignment from wherever it lies, in whichever of the formats it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from heitu.engines.grading.assignment import Assignment
from heitu.engines.grading.faults import BrokenAssignment, Fault
from heitu.engines.grading.folders import read_folder, read_zip
from heitu.engines.grading.otter import assign
from heitu.engines.grading.otter import reading as otter


def open_assignment(path: Path | str) -> Assignment:
    """A notebook, a folder of them, or a zip of either; an otter autograder zip or assign notebook as well.

    Raises BrokenAssignment with every fault.
    """
    path = Path(path)
    files = _read(path)
    name = path.stem if path.is_file() else path.resolve().name
    if otter.is_otter(files):
        return otter.read(name, files)
    if any(each.endswith(".ipynb") and assign.is_assign(data) for each, data in files.items()):
        return assign.read(name, files | _named_beside(path, files))
    return Assignment.from_files(name, files)


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
    found: dict[str, bytes] = {}
    for name in assign.named_files(files[path.name]) if path.suffix == ".ipynb" else ():
        place = (path.parent / name).resolve()
        if place.is_relative_to(path.parent.resolve()) and place.is_dir():
            found |= {f"{name}/{each}": data for each, data in read_folder(place).items()}
        elif place.is_relative_to(path.parent.resolve()) and place.is_file():
            found[name] = place.read_bytes()
    return found
