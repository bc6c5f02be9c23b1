"""Taking a submission in: a file, a folder or a zip, checked before a byte of it is unpacked.

What breaks a rule gets the verdict `refused`, which names the rule.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import stat
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from heitu.engines.judge.designs.contract import Design
from heitu.engines.judge.designs.manifest import read_manifest
from heitu.engines.judge.errors import Refusal
from heitu.engines.judge.task import Spec
from heitu.engines.sandbox import archives
from heitu.engines.sandbox.archives import BadArchive, Room
from heitu.engines.sandbox.errors import BrokenCall
from heitu.engines.sandbox.toolchains import TOOLCHAINS

SUFFIXES = (".py", ".cpp", ".h", ".hpp", ".md", ".txt")
ENTRY_FILES = {
    "submission.py": "numpy", "submission.cpp": "cpp", "submission_torch.py": "torch",
    "submission_mindspore.py": "mindspore", "submission_triton.py": "triton",
}
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.\-]{0,99}")
_LITTER = {"__pycache__", "__MACOSX", ".DS_Store"}
# As a file or a folder at the top these would shadow what the interpreter or the toolchain loads.
_SHADOWS = {"sitecustomize", "usercustomize", "numpy", "ml_dtypes", "site"}


@dataclass(frozen=True)
class Rules(Room):
    """What is taken: how many files, how many bytes packed or unpacked, of which types or names."""

    files: int = 64
    size: int = 4 << 20
    suffixes: tuple[str, ...] = SUFFIXES
    names: tuple[str, ...] = ()


# A model may bring what it learnt before.
_LEARNT = (".json", ".csv", ".npy", ".npz", ".ckpt", ".pt", ".safetensors")
_OF_APPLICATIONS = (".yaml", ".yml", ".toml", ".ini", ".jsonl", ".html", ".css", ".js", ".svg")
_WITHOUT_SUFFIX = ("LICENSE", "LICENCE", "COPYING", "NOTICE", "README")
RULES = {
    "operator": Rules(),
    "model": Rules(size=32 << 20, suffixes=(*SUFFIXES, *_LEARNT)),
    "design": Rules(128, 32 << 20, (*SUFFIXES, *_LEARNT, *_OF_APPLICATIONS), _WITHOUT_SUFFIX),
}


def rules_for(kind: str) -> Rules:
    """The rules of a kind of task; those of operators where it has none of its own."""
    return RULES.get(kind, RULES["operator"])


@dataclass(frozen=True)
class Submission:
    """Files by relative path, which of them is entered, and in which language."""

    files: dict[str, bytes]
    file: str
    language: str
    digest: str


def take_in(path: Path | str, spec: Spec) -> Submission:
    """Read a submission for a task. Raises Refusal naming the broken rule, BrokenCall when nothing is there."""
    path = Path(path)
    if not path.exists() and not path.is_symlink():
        raise BrokenCall("no_submission", f"没有提交物 {path}", f"there is no submission {path}")
    return accept(_contents(path, RULES[spec.kind]), spec)


def _contents(path: Path, rules: Rules) -> dict[str, bytes]:
    mode = path.lstat().st_mode
    if stat.S_ISDIR(mode):
        return _folder(path, rules)
    if not stat.S_ISREG(mode):
        raise _not_plain(path.name)
    content = _read(path, rules)
    if _suffix(path.name) == ".zip":
        return unpack(content, rules)
    suffix = _suffix(path.name)
    return {path.name if path.name in ENTRY_FILES else f"submission{suffix}": content}


def inspect(name: str, file: IO[bytes], size: int, kind: str = "operator") -> None:
    """What can be known of a file without unpacking it, for whoever takes it in for later. Raises Refusal."""
    rules = rules_for(kind)
    if size > rules.size:
        raise _too_large(rules)
    if _suffix(name) == ".zip":
        with _as_refusal(), archives.opened(file) as archive:
            _entries(archive, rules)


def files_in(name: str, content: bytes, kind: str) -> dict[str, bytes]:
    """The files of a submission that was kept as it came, for whoever wants to read it. Raises Refusal."""
    suffix = _suffix(name)
    return unpack(content, rules_for(kind)) if suffix == ".zip" else {f"submission{suffix}": content}


def toolchain_of(name: str, file: IO[bytes]) -> str:
    """What a machine needs to judge this file, told by the names in it alone: a framework, or the judge's own numpy."""
    names = [name]
    if Path(name).suffix.lower() == ".zip":
        with _as_refusal(), archives.opened(file) as archive:
            listed = [name for name in archive.namelist() if not name.endswith("/") and _is_wanted(name)]
            names = list(archives.without_wrapper(dict.fromkeys(listed, b"")))
    languages = (ENTRY_FILES[each] for each in names if each in ENTRY_FILES)
    return next((language for language in languages if language in TOOLCHAINS), "numpy")


def _suffix(name: str) -> str:
    """The ending in small letters. Raises Refusal for one that isn't taken."""
    suffix = Path(name).suffix.lower()
    if suffix != ".zip" and f"submission{suffix}" not in ENTRY_FILES:
        kind = suffix or name
        raise Refusal(
            "file_type", f"不接受 {kind} 文件，请提交 .py、.cpp 或 .zip", f"{kind} files aren't taken: submit .py, .cpp or .zip"
        )
    return suffix


def accept(files: dict[str, bytes], spec: Spec) -> Submission:
    """Check names, number and size of files already read, and find the one to enter. Raises Refusal."""
    rules = RULES[spec.kind]
    for name in files:
        check_name(name, rules)
        if any(other.startswith(f"{name}/") for other in files):
            raise Refusal("file_name", f"既是文件又是文件夹：{name}", f"both a file and a folder: {name}")
    if len(files) > rules.files:
        raise _too_many(rules)
    if sum(map(len, files.values())) > rules.size:
        raise _too_large(rules)
    if isinstance(spec, Design):
        return Submission(files, read_manifest(files, spec).run, "numpy", _digest(files))
    entries = [name for name in ENTRY_FILES if name in files]
    if len(entries) != 1:
        raise _no_entry(files, entries, spec.languages)
    language = ENTRY_FILES[entries[0]]
    if language not in spec.languages:
        raise Refusal("language", f"本任务不接受 {language}", f"this task doesn't take {language}")
    return Submission(files, entries[0], language, _digest(files))


def _no_entry(files: Iterable[str], entries: list[str], languages: Iterable[str]) -> Refusal:
    """None, or several, at the top; with what there is, which shows a wrong name or a folder too many."""
    names = [name for name, language in ENTRY_FILES.items() if language in languages]
    found = entries or sorted(files, key=lambda name: (Path(name).name not in ENTRY_FILES, name))[:3]
    return Refusal(
        "entry_file", f"最外层必须恰有一个入口文件：{'、'.join(names)}；现有 {'、'.join(found) or '无'}",
        f"there must be exactly one of {', '.join(names)} at the top; there is {', '.join(found) or 'none'}",
    )


def check_name(name: str, rules: Rules) -> None:
    """Raise Refusal for paths that climb, hide, shadow the toolchain, or have a type that isn't taken."""
    parts = name.split("/")
    if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts:
        raise Refusal("path_climbs", f"路径越界：{name!r}", f"the path leaves the folder: {name!r}")
    if len(parts) > 4 or not all(_NAME.fullmatch(part) for part in parts):
        raise Refusal("file_name", f"不接受的文件名：{name!r}", f"file name not taken: {name!r}")
    if not name.endswith(rules.suffixes) and parts[-1] not in rules.names:
        taken = (*rules.suffixes, *rules.names)
        raise Refusal(
            "file_type", f"不接受的文件类型：{name!r}，只收 {' '.join(taken)}",
            f"file type not taken: {name!r}; taken are {' '.join(taken)}",
        )
    if parts[0].removesuffix(".py") in _SHADOWS:
        raise Refusal("shadowed_module", f"文件名遮蔽工具链：{name}", f"the name shadows the toolchain: {name}")


def unpack(content: bytes, rules: Rules) -> dict[str, bytes]:
    """A zip's files. Every entry is checked by the directory first, and again while it is read. Raises Refusal."""
    if len(content) > rules.size:
        raise _too_large(rules)
    with _as_refusal(), archives.opened(io.BytesIO(content)) as archive:
        files = {entry.filename: archives.bounded(archive, entry) for entry in _entries(archive, rules)}
    return archives.without_wrapper(files)


def _entries(archive: zipfile.ZipFile, rules: Rules) -> list[zipfile.ZipInfo]:
    """The files that the directory lists, every one checked."""
    found = archives.entries(archive, rules, _is_wanted)
    for entry in found:
        check_name(entry.filename, rules)
    return found


def _is_wanted(name: str) -> bool:
    """Not what interpreters and file managers add by themselves, which nobody meant to hand in."""
    return not _LITTER & set(name.split("/"))


@contextmanager
def _as_refusal() -> Iterator[None]:
    """What is wrong with an archive, as a rule of intake that was broken."""
    try:
        yield
    except BadArchive as error:
        raise Refusal(error.code, error.zh, error.en) from error


def _folder(folder: Path, rules: Rules) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for place, folders, names in os.walk(folder, followlinks=False):
        folders[:] = sorted(filter(_is_wanted, folders))
        for name in sorted([*filter(_is_wanted, names), *(f for f in folders if (Path(place) / f).is_symlink())]):
            path = Path(place) / name
            relative = path.relative_to(folder).as_posix()
            if not stat.S_ISREG(path.lstat().st_mode):
                raise _not_plain(relative)
            check_name(relative, rules)
            files[relative] = _read(path, rules)
            if len(files) > rules.files:
                raise _too_many(rules)
            if sum(map(len, files.values())) > rules.size:
                raise _too_large(rules)
    return files


def _read(path: Path, rules: Rules) -> bytes:
    """A regular file's content, without following a link that took its place meanwhile."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise _not_plain(path.name)
        content = source.read(rules.size + 1)
    if len(content) > rules.size:
        raise _too_large(rules)
    return content


def _too_large(rules: Rules) -> Refusal:
    size = rules.size >> 20
    return Refusal("too_large", f"提交物超过 {size} MB", f"the submission is larger than {size} MB")


def _too_many(rules: Rules) -> Refusal:
    return Refusal("too_many_files", f"最多 {rules.files} 个文件", f"more than {rules.files} files")


def _not_plain(name: str) -> Refusal:
    return Refusal("not_a_plain_file", f"不是普通文件：{name!r}", f"not a plain file: {name!r}")


def _digest(files: dict[str, bytes]) -> str:
    total = hashlib.sha256()
    for name in sorted(files):
        total.update(f"{name} {len(files[name])}\n".encode() + files[name])
    return total.hexdigest()
