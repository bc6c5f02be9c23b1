"""Archives and folders that would hurt whoever unpacks them; each builder returns what is handed in."""

from __future__ import annotations

import os
import stat
import struct
import zipfile
from pathlib import Path

WORK = "def squash(x, factor):\n    return x\n"
Entries = dict[str, bytes | str]


def archive(path: Path, entries: Entries, mode: int = 0) -> Path:
    """A compressed zip; `mode` is what the entries claim to be."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in entries.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, content)
    return path


def beside(path: Path, name: str, content: bytes | str = "") -> Path:
    """A good submission, and one more file."""
    return archive(path / "x.zip", {"submission.py": WORK, name: content})


def zip_slip(path: Path) -> Path:
    """Climbs out of the folder that it is unpacked in."""
    return beside(path, "../../../../../../tmp/heitu-owned.py")


def zip_absolute(path: Path) -> Path:
    """Names a place of the host."""
    return beside(path, "/etc/cron.d/heitu.py")


def zip_bomb(path: Path) -> Path:
    """Three megabytes of nothing in a few kilobytes."""
    return archive(path / "x.zip", {"submission.py": bytes(3 << 20)})


def zip_lies(path: Path) -> Path:
    """A directory that promises ten bytes where there are sixty thousand."""
    bomb = archive(path / "x.zip", {"submission.py": bytes(60000)})
    content = bytearray(bomb.read_bytes())
    for marker, place in ((b"PK\1\2", 24), (b"PK\3\4", 22)):
        start = content.index(marker) + place
        content[start : start + 4] = (10).to_bytes(4, "little")
    bomb.write_bytes(bytes(content))
    return bomb


def zip_symlink(path: Path) -> Path:
    """An entry that is a link to a file of the host."""
    return archive(path / "x.zip", {"submission.py": "/etc/passwd"}, mode=stat.S_IFLNK | 0o777)


def zip_device(path: Path) -> Path:
    """An entry that claims to be a disk."""
    return archive(path / "x.zip", {"submission.py": WORK}, mode=stat.S_IFBLK | 0o666)


def zip_file_and_folder(path: Path) -> Path:
    """One name for a file and for the folder of another: the sandbox couldn't be furnished."""
    return beside(path, "submission.py/more.py")


def zip_many(path: Path) -> Path:
    """More files than anybody reads."""
    return archive(path / "x.zip", {"submission.py": WORK, **{f"f{n}.py": "" for n in range(5000)}})


def zip_sitecustomize(path: Path) -> Path:
    """A module that every interpreter loads by itself."""
    return beside(path, "sitecustomize.py", "raise SystemExit(0)")


def zip_shadowed_numpy(path: Path) -> Path:
    """A numpy of its own."""
    return beside(path, "numpy.py", "allclose = lambda *a: True")


def zip_shadowed_package(path: Path) -> Path:
    """A numpy of its own, as a folder."""
    return beside(path, "numpy/__init__.py", "allclose = lambda *a: True")


def zip_library(path: Path) -> Path:
    """Machine code that nobody compiled here."""
    return beside(path, "fast.so", b"\x7fELF")


def zip_odd_method(path: Path) -> Path:
    """Packed by another method, and spoilt, so that its library raises what zip's doesn't."""
    with zipfile.ZipFile(path / "x.zip", "w", zipfile.ZIP_BZIP2) as target:
        target.writestr("submission.py", WORK)
    content = bytearray((path / "x.zip").read_bytes())
    begins = content.index(b"BZh") + 4
    content[begins : begins + 16] = bytes(16)
    (path / "x.zip").write_bytes(content)
    return path / "x.zip"


def zip_far_offset(path: Path) -> Path:
    """A ZIP64 entry that begins where no file reaches."""
    content = bytearray(archive(path / "x.zip", {"submission.py": WORK}).read_bytes())
    place = content.index(b"PK\1\2")
    extra = struct.pack("<HHQ", 1, 8, 2**64 - 1)
    content[place + 30 : place + 32] = struct.pack("<H", len(extra))
    content[place + 42 : place + 46] = b"\xff" * 4
    end = content.index(b"PK\5\6")
    content[end:end] = extra
    return _ended(path, content, place)


def zip_no_name(path: Path) -> Path:
    """An entry without a name, whose last letter somebody may ask for."""
    content = archive(path / "x.zip", {"x": WORK}).read_bytes().replace(b"x", b"")
    content = bytearray(content)
    place = content.index(b"PK\1\2")
    content[26:28] = content[place + 28 : place + 30] = bytes(2)
    return _ended(path, content, place)


def zip_directory(path: Path) -> Path:
    """Nothing but a directory, of fifty thousand entries."""
    entry = struct.pack("<4s4B4H3L5H2L", b"PK\1\2", 20, 0, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    end = struct.pack("<4s4H2LH", b"PK\5\6", *[0] * 7)
    return _ended(path, bytearray(entry * 50_000 + end), 0)


def zip_overlapped(path: Path) -> Path:
    """Two entries of the directory that share their bytes."""
    content = bytearray(archive(path / "x.zip", {"submission.py": WORK}).read_bytes())
    place, end = content.index(b"PK\1\2"), content.index(b"PK\5\6")
    content[end:end] = content[place:end].replace(b"submission.py", b"submissiom.py")
    return _ended(path, content, place)


def _ended(path: Path, content: bytearray, directory: int) -> Path:
    """With the size and place of the directory that it has now."""
    end = content.rindex(b"PK\5\6")
    content[end + 12 : end + 20] = struct.pack("<LL", end - directory, directory)
    (path / "x.zip").write_bytes(content)
    return path / "x.zip"


def folder_symlink(path: Path) -> Path:
    """A folder with a link to a file of the host."""
    (path / "x").mkdir()
    (path / "x" / "submission.py").symlink_to("/etc/passwd")
    return path / "x"


def folder_fifo(path: Path) -> Path:
    """A folder with a pipe, which never ends."""
    (path / "x").mkdir()
    os.mkfifo(path / "x" / "submission.py")
    return path / "x"


def folder_sparse(path: Path) -> Path:
    """A folder with a terabyte of nothing."""
    (path / "x").mkdir()
    (path / "x" / "submission.py").touch()
    os.truncate(path / "x" / "submission.py", 1 << 40)
    return path / "x"


BUILDERS = {
    build.__name__: build
    for build in (
        zip_slip, zip_absolute, zip_bomb, zip_lies, zip_symlink, zip_device, zip_file_and_folder, zip_many,
        zip_sitecustomize, zip_shadowed_numpy, zip_shadowed_package, zip_library,
        zip_odd_method, zip_far_offset, zip_no_name, zip_directory, zip_overlapped,
        folder_symlink, folder_fifo, folder_sparse,
    )
}
