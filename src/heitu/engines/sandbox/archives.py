"""Zips from strangers: every entry is checked by the directory before a byte is unpacked, and again while it is read."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

MOST_RATIO, RATIO_APPLIES_OVER = 100, 1 << 16
LARGEST_DIRECTORY = 1 << 20  # some ten thousand entries: the library makes objects of all before anybody can look
ENCRYPTED = 0x1


class BadArchive(Exception):
    """Why an archive isn't taken; `code` is stable, `zh` and `en` name the entry at fault."""

    def __init__(self, code: str, zh: str, en: str) -> None:
        super().__init__(f"{code}: {en}")
        self.code, self.zh, self.en = code, zh, en


@dataclass(frozen=True)
class Room:
    """How many files are taken, and how many bytes of them, packed or unpacked."""

    files: int
    size: int


def unpack(content: bytes, room: Room, wanted: Callable[[str], bool] = lambda name: True) -> dict[str, bytes]:
    """Those of the zip's files that are wanted, by their path in it. Raises BadArchive."""
    if len(content) > room.size:
        raise too_large(room)
    with opened(io.BytesIO(content)) as archive:
        found = entries(archive, room, wanted)
        return {entry.filename: bounded(archive, entry) for entry in found}


def entries(archive: zipfile.ZipFile, room: Room, wanted: Callable[[str], bool] = lambda name: True) -> list[zipfile.ZipInfo]:
    """The files that the directory lists, every one checked. Raises BadArchive."""
    found = [entry for entry in archive.infolist() if not entry.filename.endswith("/") and wanted(entry.filename)]
    if len(found) > room.files:
        raise too_many(room)
    if len({entry.filename for entry in found}) != len(found):
        raise BadArchive("archive", "压缩包内有重名文件", "two entries of the archive share a name")
    for entry in found:
        _check(entry)
    if sum(entry.file_size for entry in found) > room.size:
        raise too_large(room)
    return found


def _check(entry: zipfile.ZipInfo) -> None:
    name, mode = entry.filename, entry.external_attr >> 16
    if mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode):
        raise not_plain(name)
    if climbs(name):
        raise BadArchive("path_climbs", f"路径越界：{name!r}", f"the path leaves the folder: {name!r}")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise BadArchive("archive", f"压缩方法须为 deflate 或不压缩：{name}", f"must be stored or deflated: {name}")
    if entry.flag_bits & ENCRYPTED:
        raise BadArchive("archive", f"压缩包已加密：{name}", f"the archive is encrypted: {name}")
    if entry.file_size > RATIO_APPLIES_OVER and entry.file_size > MOST_RATIO * max(entry.compress_size, 1):
        raise BadArchive("zip_bomb", f"压缩比过高：{name}", f"compressed too well: {name}")


def climbs(name: str) -> bool:
    """Whether the path leads out of the folder that it is put into, on any system."""
    return name.startswith("/") or "\\" in name or "\0" in name or ".." in name.split("/") or name[1:2] == ":"


def bounded(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    """Read no more than the directory promised: its numbers are the sender's. Raises BadArchive."""
    with archive.open(entry) as source:
        content = source.read(entry.file_size + 1)
    if len(content) != entry.file_size:
        name = entry.filename
        raise BadArchive("zip_bomb", f"大小与目录不符：{name}", f"not the size that the directory says: {name}")
    return content


@contextmanager
def opened(file: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """A zip to read, with a directory that isn't itself a bomb. Raises BadArchive, also for what can't be read later on."""
    sparing = _Sparing(file)
    with _readable(), zipfile.ZipFile(sparing) as archive:
        sparing.most = None
        yield archive


class _Sparing:
    """A file of which no more than `most` is read at once: so does the library read a directory, of the size that it claims."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.most: int | None = LARGEST_DIRECTORY

    def read(self, size: int = -1) -> bytes:
        """As the file's own. Raises BadArchive for too much."""
        if self.most is not None and size > self.most:
            zh, en = "压缩包里列出的文件过多：只打包需要的文件", "the archive lists too many files: pack only those that are needed"
            raise BadArchive("too_many_files", zh, en)
        return self._file.read(size)

    def seek(self, place: int, whence: int = 0) -> int:
        """As the file's own."""
        return self._file.seek(place, whence)

    def tell(self) -> int:
        """As the file's own."""
        return self._file.tell()

    def seekable(self) -> bool:
        """As the file's own."""
        return self._file.seekable()


@contextmanager
def _readable() -> Iterator[None]:
    """What the library can't read is a BadArchive."""
    try:
        yield
    except (
        zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, zipfile.LargeZipFile,
        OverflowError, struct.error,  # offsets and extra fields beyond what the library foresees
    ) as error:
        raise BadArchive("archive", f"无法读取的压缩包：{error}", f"the archive can't be read: {error}") from error


def without_wrapper(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """A zip of a folder has one folder at its top; enter it."""
    tops = {name.split("/")[0] for name in files}
    if len(tops) == 1 and all("/" in name for name in files):
        return {name.split("/", 1)[1]: content for name, content in files.items()}
    return dict(files)


def too_large(room: Room) -> BadArchive:
    size = room.size >> 20
    return BadArchive("too_large", f"超过 {size} MB", f"larger than {size} MB")


def too_many(room: Room) -> BadArchive:
    return BadArchive("too_many_files", f"最多 {room.files} 个文件", f"more than {room.files} files")


def not_plain(name: str) -> BadArchive:
    return BadArchive("not_a_plain_file", f"不是普通文件：{name!r}", f"not a plain file: {name!r}")
