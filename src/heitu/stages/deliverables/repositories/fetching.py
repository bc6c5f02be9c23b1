"""Work handed in by the address of a repository: fetched, and packed into the zip that would have been uploaded."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.core.files.base import ContentFile

from heitu.engines.judge import submission
from heitu.ground.core.errors import refuse
from heitu.stages.deliverables.repositories import git
from heitu.stages.deliverables.repositories.addresses import allowed_hosts, read_address, read_revision, resolved

MOST_AT_ONCE = 2  # a process: fetching keeps one of the web server's threads waiting
MOST_FILES = 5000
MOST_UNPACKED = 64 << 20
_EARLY = (1980, 1, 1, 0, 0, 0)  # the same commit makes the same zip
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_at_work = threading.BoundedSemaphore(MOST_AT_ONCE)


@dataclass(frozen=True)
class Fetched:
    """The zip, and where it came from."""

    file: ContentFile[bytes]
    url: str
    commit: str

    @property
    def origin(self) -> dict[str, str]:
        """For the record."""
        return {"repository": self.url, "commit": self.commit}


def fetch(*, repository: str, revision: str, kind: str) -> Fetched:
    """The tree at a revision. `kind` is of what a machine judges, empty where people do; then every file is packed.

    Raises Refused as `read_address`, `read_revision`, `resolved` and `git.fetched` do, and `repository_off`,
    `fetch_busy`, `submodule`, `not_a_plain_file`, `large_file_pointer`, `repository_empty`.
    """
    if not allowed_hosts():
        raise refuse(
            "repository_off", "本平台不接受按仓库地址提交，请上传文件。",
            "Work isn't taken from repositories here; upload a file.", field="repository",
        )
    address, asked = read_address(repository), read_revision(revision)
    with _a_place(), git.fetched(address, asked, resolved(address.host)) as clone:
        commit = clone.commit()
        entries = _chosen(clone.entries(commit), kind)
        contents = clone.contents(entries)
        _refuse_pointers(entries, contents)
        content = _packed(entries, contents)
    return Fetched(ContentFile(content, name=f"{address.name}-{commit[:12]}.zip"), address.url, commit)


@contextmanager
def _a_place() -> Iterator[None]:
    if not _at_work.acquire(blocking=False):
        raise refuse(
            "fetch_busy", "正在为别的队伍取仓库，请一分钟后再试。",
            "Other teams' repositories are being fetched. Try again in a minute.", field="repository",
        )
    try:
        yield
    finally:
        _at_work.release()


def _chosen(entries: list[git.Entry], kind: str) -> list[git.Entry]:
    """What is packed: of types that the judge takes, outside hidden folders; all of it where people judge."""
    chosen = [entry for entry in entries if not kind or _is_taken(entry.path, kind) or entry.mode == git.SUBMODULE]
    _refuse_others(chosen)
    if not chosen:
        raise refuse(
            "repository_empty", "该版本里没有可评测的文件。", "There is no file to judge at that revision.", field="revision"
        )
    if len(chosen) > MOST_FILES or sum(entry.size for entry in chosen) > MOST_UNPACKED:
        raise git.too_large()
    return chosen


def _refuse_others(entries: list[git.Entry]) -> None:
    """Whatever isn't a file: a person who unpacks a link would write or read where it leads."""
    module = next((entry.path for entry in entries if entry.mode == git.SUBMODULE), None)
    if module is not None:
        raise refuse(
            "submodule", f"子模块不会取来，请把文件直接放进仓库：{module}。",
            f"Submodules aren't fetched; put the files themselves into the repository: {module}.", field="repository",
        )
    link = next((entry.path for entry in entries if entry.mode == git.LINK), None)
    if link is not None:
        raise refuse(
            "not_a_plain_file", f"不接受符号链接，请把文件直接放进仓库：{link}。",
            f"Symbolic links aren't taken; put the files themselves into the repository: {link}.", field="repository",
        )


def _refuse_pointers(entries: list[git.Entry], contents: list[bytes]) -> None:
    """What Git LFS leaves in a repository in the place of a file, which is kept elsewhere and isn't fetched."""
    pointers = (entry.path for entry, content in zip(entries, contents, strict=True) if content.startswith(_POINTER))
    path = next(pointers, None)
    if path is not None:
        raise refuse(
            "large_file_pointer", f"Git LFS 的文件不会取来，请直接提交文件，或改为上传 zip：{path}。",
            f"Files in Git LFS aren't fetched; commit the file itself, or upload a zip: {path}.", field="repository",
        )


def _is_taken(path: str, kind: str) -> bool:
    parts, rules = path.split("/"), submission.rules_for(kind)
    is_hidden = any(part.startswith(".") for part in parts)
    return not is_hidden and (path.endswith(rules.suffixes) or parts[-1] in rules.names)


def _packed(entries: list[git.Entry], contents: list[bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for entry, content in zip(entries, contents, strict=True):
            about = zipfile.ZipInfo(entry.path, _EARLY)
            about.external_attr, about.compress_type = entry.mode << 16, zipfile.ZIP_DEFLATED
            archive.writestr(about, content)
    return made.getvalue()
