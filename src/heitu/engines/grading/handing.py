"""What students hand in, as it lies on disk: nbgrader's layout, one folder a student, zips, or loose notebooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from heitu.engines.grading.faults import BrokenAssignment
from heitu.engines.grading.folders import read_folder, read_zip


@dataclass(frozen=True)
class Submitted:
    """What one student handed in: files by name, notebooks among them; `late` is the penalty in points."""

    student: str
    files: Mapping[str, bytes]
    timestamp: str = ""
    late: Decimal = field(default=Decimal(0))


class Class:
    """A class's submissions, read one by one when their turn comes."""

    def __init__(self, paths: Iterable[Path], assignment: str) -> None:
        self._found = [each for path in paths for each in _submissions(Path(path), assignment)]

    def __len__(self) -> int:
        return len(self._found)

    def __iter__(self) -> Iterator[Submitted]:
        return (_read(student, path) for student, path in self._found)


def _submissions(path: Path, assignment: str) -> Iterator[tuple[str, Path]]:
    """(student, file or folder): `STUDENT/ASSIGNMENT/…`, `STUDENT/x.ipynb`, `STUDENT.ipynb` or `STUDENT.zip`; of a class, or of one."""
    if path.is_file():
        yield path.stem, path
        return
    if (path / assignment).is_dir():  # one student's own
        yield path.resolve().name, path / assignment
        return
    for each in sorted(path.iterdir()):
        if each.name.startswith("."):
            continue
        if each.is_dir():
            inner = each / assignment
            yield each.name, inner if inner.is_dir() else each
        elif each.suffix in (".ipynb", ".zip"):
            yield each.stem, each


def _read(student: str, path: Path) -> Submitted:
    """What can't be read is an empty submission, and refused as such."""
    try:
        if path.is_dir():
            files = read_folder(path)
        elif path.suffix == ".zip":
            files = read_zip(path.name, path.read_bytes())
        else:
            files = {path.name: path.read_bytes()}
    except (BrokenAssignment, OSError):
        files = {}
    timestamp = files.pop("timestamp.txt", b"").decode(errors="replace").strip()
    return Submitted(student, files, timestamp)
