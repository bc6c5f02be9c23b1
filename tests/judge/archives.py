"""Archives and folders that would hurt whoever unpacks them; each builder returns what is handed in."""

from __future__ import annotations

import os
import stat
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
        folder_symlink, folder_fifo, folder_sparse,
    )
}
