"""From a course's folder to a `CourseFolder`, or to every fault of its files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from heitu.engines.lifecycle import marks
from heitu.engines.lifecycle.definitions import line_of
from heitu.engines.lifecycle.faults import DefinitionError, Fault, in_order, nearest
from heitu.engines.lifecycle.fitting import fit, text_of
from heitu.engines.lifecycle.packs import skills_of
from heitu.ground.core.text import Language, Text
from heitu.kinds.courses.pack import figures, notebooks, outline, units
from heitu.kinds.courses.pack.manifest import ID, Manifest

MANIFEST = "course.yaml"
LANGUAGES: tuple[Language, Language] = ("zh", "en")
MOST_BYTES = 2 * 2**20  # of one file


@dataclass(frozen=True)
class CourseFolder:
    """A sound course: what course.yaml says, and the other files by their path in the folder."""

    slug: str
    manifest: Manifest
    files: Mapping[str, bytes]
    version_line: int

    @cached_property
    def digest(self) -> str:
        """SHA-256, 64 hex digits, over the manifest's content and every file's path and bytes.

        How course.yaml is laid out and commented is no content. Defaults are left out, so that a later release whose
        format has more keys finds the same digest.
        """
        total = hashlib.sha256(json.dumps(self.body, ensure_ascii=False, sort_keys=True).encode())
        for path, content in sorted(self.files.items()):
            total.update(f"\n{path}\n{hashlib.sha256(content).hexdigest()}".encode())
        return total.hexdigest()

    @property
    def body(self) -> dict[str, Any]:
        return self.manifest.model_dump(mode="json", exclude_defaults=True)


def course_folders(place: Path) -> list[Path]:
    """The courses of a pack's folder, or the one that `place` is; folders without a course.yaml are listed too."""
    if (place / MANIFEST).is_file():
        return [place]
    found = place / "courses"
    return sorted(each for each in found.iterdir() if each.is_dir()) if found.is_dir() else []


def read_course(folder: Path, *, skills: Collection[str] | None = None) -> CourseFolder:
    """Raises DefinitionError with every fault. `skills` are the slugs that exist; None: those of the pack around it."""
    course, faults = examine(folder, skills=skills)
    if faults or course is None:
        raise DefinitionError(faults)
    return course


def examine(folder: Path, *, skills: Collection[str] | None = None) -> tuple[CourseFolder | None, list[Fault]]:
    """Read the folder as far as it goes. Answers the course, None where it has a fault, and all faults in order."""
    path = folder / MANIFEST
    if not path.is_file():
        return None, [Fault(str(path), 0, Text(zh="缺少 course.yaml", en="course.yaml is missing"))]
    try:
        document = marks.read(str(path), text_of(path))
    except DefinitionError as error:
        return None, error.faults
    known = skills if skills is not None else skills_of(folder.parent.parent)
    manifest, faults = fit(document, Manifest)
    found = outline.faults_in(document.data, known)
    faults = [*document.faults, *faults]
    faults += [Fault(str(path), line_of(document.lines, at), message, hint) for at, message, hint in found]
    files, more = _files(folder, document.data)
    faults += [*_name(folder), *more]
    if faults or manifest is None:
        return None, in_order(faults)
    return CourseFolder(folder.name, manifest, files, line_of(document.lines, ("version",))), []


def _name(folder: Path) -> Iterator[Fault]:
    if not ID.match(folder.name) or len(folder.name) > 60:
        zh, en = "文件夹名应为小写字母、数字和连字符", "the folder's name should be of small letters, digits and hyphens"
        yield Fault(str(folder / MANIFEST), 0, Text(zh=zh, en=en))


def _files(folder: Path, data: Any) -> tuple[dict[str, bytes], list[Fault]]:
    """Every file that belongs to the course, and the faults in them and of those that are missing or don't belong."""
    expected = _expected(data)
    files, faults = {}, []
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and not _is_hidden(each, folder)):
        name = path.relative_to(folder).as_posix()
        is_figure = name.startswith("figures/") and name.endswith(".svg")
        if name == MANIFEST:
            continue
        if name not in expected and not is_figure:
            zh, en = "这个文件不属于课程包，请删去或改名", "this file is no part of the course: remove or rename it"
            faults.append(Fault(str(path), 0, Text(zh=zh, en=en), nearest(name, expected)))
        elif path.stat().st_size > MOST_BYTES:
            faults.append(Fault(str(path), 0, Text(zh="文件超过 2 MB", en="the file is larger than 2 MB")))
        else:
            files[name] = path.read_bytes()
    missing = [name for name in expected if not (folder / name).is_file()]
    faults += [Fault(str(folder / name), 0, Text(zh="缺少这个文件", en="this file is missing")) for name in missing]
    return files, faults + _contents(folder, data, files)


def _is_hidden(path: Path, folder: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.relative_to(folder).parts)


def _expected(data: Any) -> list[str]:
    texts = [f"units/{unit}.{language}.md" for unit in outline.ids(data, "units") for language in LANGUAGES]
    return texts + [f"labs/{lab}/{lab}.ipynb" for lab in outline.ids(data, "labs")]


def _contents(folder: Path, data: Any, files: Mapping[str, bytes]) -> list[Fault]:
    texts, faults = {}, []
    for name, content in files.items():
        try:
            texts[name] = content.decode()
        except UnicodeDecodeError:
            faults.append(Fault(str(folder / name), 0, Text(zh="文件不是 UTF-8 编码", en="the file is not UTF-8")))
    faults += _figures(folder, texts)
    faults += _units(folder, data, texts)
    for _, lab in outline.entries(data, "labs"):
        name = f"labs/{lab.get('id')}/{lab.get('id')}.ipynb"
        if name in texts:
            faults += notebooks.faults_in(str(folder / name), texts[name], tagged=outline.cells(lab).keys())
    return faults


def _figures(folder: Path, texts: Mapping[str, str]) -> list[Fault]:
    return [
        Fault(str(folder / name), line, message)
        for name, text in texts.items() if name.startswith("figures/") for line, message in figures.faults_in(text)
    ]


def _units(folder: Path, data: Any, texts: Mapping[str, str]) -> list[Fault]:
    """Each unit in each language, and whether both are built alike."""
    names = [name.removeprefix("figures/") for name in texts if name.startswith("figures/")]
    known = units.Known(outline.ids(data, "units"), outline.ids(data, "labs"), names)
    faults: list[Fault] = []
    for _, entry in outline.entries(data, "units"):
        both = [f"units/{entry.get('id')}.{language}.md" for language in LANGUAGES]
        read = [units.read(texts[name]) for name in both if name in texts]
        for name, unit in zip([name for name in both if name in texts], read, strict=True):
            title = entry.get("title")
            wanted = title.get(name.split(".")[-2]) if isinstance(title, Mapping) else None
            said = [*units.faults_in(unit, known), *units.title_faults(unit, wanted)]
            faults += [Fault(str(folder / name), line, message, hint) for line, message, hint in said]
        if len(read) == len(LANGUAGES):
            faults += [Fault(str(folder / both[1]), line, message) for line, message in units.differences(*read)]
    return faults
