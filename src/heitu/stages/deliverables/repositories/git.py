"""The system's git, asked for one revision of a stranger's repository, and trusted with nothing.

No credentials, prompts, hooks, submodules, large-file filters or redirects, no protocol but https, only to the numbers
that were checked. Nothing is checked out: files are read as bytes out of the object store. Each process has bounds of
time, memory and file size; what it leaves lies in a temporary folder.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from heitu.ground.core.errors import Refused, refuse
from heitu.stages.deliverables.repositories.addresses import Address

_log = logging.getLogger(__name__)
SECONDS = 40
MOST_FETCHED = 64 << 20  # bytes of the pack
MOST_LISTED = 4 << 20  # bytes of the list of files
MOST_MEMORY = 1 << 30
OLDEST = (2, 37)  # the first that connects to numbers that it is given
SUBMODULE, LINK = 0o160000, 0o120000
_WITHIN = 'ulimit -c 0 && ulimit -f "$1" && ulimit -v "$2" && shift 2 && exec "$@"'  # blocks of 512 bytes, KiB
_CONFIG = {
    "core.hooksPath": "/dev/null", "core.fsmonitor": "false", "core.askPass": "", "core.bigFileThreshold": "1m",
    "credential.helper": "", "fetch.recurseSubmodules": "false", "fetch.unpackLimit": "1", "gc.auto": "0",
    "http.followRedirects": "false", "http.lowSpeedLimit": "1000", "http.lowSpeedTime": "10", "maintenance.auto": "false",
    "pack.threads": "1", "protocol.allow": "never", "protocol.https.allow": "always", "protocol.version": "2",
    "transfer.bundleURI": "false", "transfer.fsckObjects": "true",
    # Common in old commits, and read by nobody here; what remains are names that climb or hide, and broken objects.
    "fetch.fsck.badTimezone": "ignore", "fetch.fsck.missingSpaceBeforeDate": "ignore", "fetch.fsck.zeroPaddedDate": "ignore",
    "fetch.fsck.missingEmail": "ignore", "fetch.fsck.missingNameBeforeEmail": "ignore",
    "fetch.fsck.zeroPaddedFilemode": "ignore", "fetch.fsck.gitmodulesUrl": "ignore",
}
_REF = "refs/heitu/work"


@dataclass(frozen=True)
class Entry:
    """A file of the tree; `mode` as git has it, `size` in bytes, 0 for a submodule."""

    path: str
    mode: int
    id: str
    size: int


@dataclass
class Clone:
    """A bare, shallow repository with one commit in it."""

    folder: Path
    until: float
    config: dict[str, str] = field(default_factory=dict)

    def commit(self) -> str:
        """The id of the commit that was fetched, an annotated tag being followed."""
        return self.run("rev-parse", "--verify", f"{_REF}^{{commit}}").decode().strip()

    def entries(self, commit: str) -> list[Entry]:
        """Every file of the tree. Raises Refused `repository_too_large` for a list longer than MOST_LISTED."""
        listed = self.run("ls-tree", "-r", "-z", "-l", "--full-tree", commit, most=MOST_LISTED)
        return [_entry(line) for line in listed.split(b"\0") if line]

    def contents(self, entries: list[Entry]) -> list[bytes]:
        """The files' bytes, as they were committed."""
        asked = "".join(f"{entry.id}\n" for entry in entries).encode()
        most = sum(entry.size + 128 for entry in entries) + 1024
        answer, found, place = self.run("cat-file", "--batch", feed=asked, most=most), [], 0
        for entry in entries:
            place = answer.index(b"\n", place) + 1
            found.append(answer[place : place + entry.size])
            place += entry.size + 1
        return found

    def run(self, *arguments: str, feed: bytes = b"", most: int | None = None) -> bytes:
        """What git prints, having written no file larger than `most` bytes. Raises Refused by what it complains of."""
        config = [part for name, value in {**_CONFIG, **self.config}.items() for part in ("-c", f"{name}={value}")]
        git = [_program(), "--git-dir", str(self.folder / "repository"), *config, *arguments]
        blocks, kibibytes = -(-(most or MOST_FETCHED) // 512), MOST_MEMORY >> 10
        command = ["/bin/sh", "-c", _WITHIN, "sh", str(blocks), str(kibibytes), *git]
        with (self.folder / "out").open("w+b") as out, (self.folder / "said").open("w+b") as said:
            process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=out, stderr=said, cwd=self.folder, env=_environment(self.folder),
                start_new_session=True,
            )
            status = self._wait(process, feed)
            out.seek(0), said.seek(0)
            if status:
                raise _refusal(status, said.read(4096).decode(errors="replace"))
            return out.read()

    def _wait(self, process: subprocess.Popen[bytes], feed: bytes) -> int:
        try:
            process.communicate(feed, timeout=max(self.until - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            raise _too_slow() from None
        return process.returncode


@contextmanager
def fetched(address: Address, revision: str, numbers: list[str]) -> Iterator[Clone]:
    """Fetch one revision from one of the host's `numbers`; the clone is gone afterwards.

    Raises Refused `git_missing`, `git_old`, `fetch_timeout`, `revision_unknown`, `repository_unreadable`,
    `repository_moved`, `repository_malformed`, `repository_too_large` or `fetch_failed`.
    """
    _check_version()
    bracketed = ",".join(f"[{number}]" if ":" in number else number for number in numbers)
    config = {"http.curloptResolve": f"{address.host.name}:{address.host.port}:{bracketed}"}
    if settings.GIT_CA:
        config["http.sslCAInfo"] = settings.GIT_CA
    with tempfile.TemporaryDirectory(prefix="heitu-git-") as folder:
        clone = Clone(Path(folder), time.monotonic() + SECONDS, config)
        clone.run("init", "--bare", "--quiet", "--template=")
        clone.run(
            "fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head",
            "--no-auto-maintenance", address.url, f"{revision}:{_REF}",
        )
        yield clone


def _program() -> str:
    found = shutil.which("git")
    if found is None:
        raise refuse(
            "git_missing", "服务器没有安装 git，请改为上传文件。", "git isn't installed on the server; upload a file instead.",
            field="repository",
        )
    return found


def _check_version() -> None:
    said = subprocess.run([_program(), "--version"], capture_output=True, text=True, timeout=10, check=False).stdout
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise refuse(
            "git_old", f"服务器上的 git 低于 {OLDEST[0]}.{OLDEST[1]}，请改为上传文件。",
            f"The server's git is older than {OLDEST[0]}.{OLDEST[1]}; upload a file instead.", field="repository",
        )


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of ours: no settings, proxies, keys or home."""
    return {
        "PATH": os.defpath, "HOME": str(folder), "LC_ALL": "C", "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ATTR_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "/bin/false", "SSH_ASKPASS": "/bin/false",
        "GIT_SSH_COMMAND": "/bin/false", "GIT_ALLOW_PROTOCOL": "https", "GIT_NO_LAZY_FETCH": "1", "GIT_LFS_SKIP_SMUDGE": "1",
    }


def _entry(line: bytes) -> Entry:
    about, path = line.split(b"\t", 1)
    mode, _, name, size = about.split()
    return Entry(path.decode(errors="replace"), int(mode, 8), name.decode(), 0 if size == b"-" else int(size))


# What git says, and what it means to the person. Its messages are read in LC_ALL=C.
_COMPLAINTS = (
    # The last: who writes the pack was ended without a word of its own.
    (r"signal 25|File too large|Out of memory|Cannot allocate|\Afatal: fetch-pack: invalid index-pack output", "too_large"),
    (r"couldn't find remote ref|not our ref|unadvertised object|no such remote ref|bad object|Needed a single revision",
     "revision"),
    (r"fsck error", "malformed"),
    (r"returned error: 30\d", "moved"),
    (r"not found|returned error: 4\d\d|could not read Username|Authentication failed|does not appear to be a git repository",
     "unreadable"),
    (r"timed out|Operation too slow", "slow"),
)


def _refusal(status: int, said: str) -> Refused:
    is_killed = status in (-signal.SIGXFSZ, 128 + signal.SIGXFSZ)
    kind = "too_large" if is_killed else next((kind for words, kind in _COMPLAINTS if re.search(words, said)), "")
    _log.warning("git: %r (%s)", said, status)  # a stranger's server has a say in it
    return {
        "too_large": too_large, "revision": _unknown_revision, "moved": _moved, "unreadable": _unreadable, "slow": _too_slow,
        "malformed": _malformed,
    }.get(kind, _failed)()


def too_large() -> Refused:
    """What is said of a repository that breaks a bound."""
    most = MOST_FETCHED >> 20
    return refuse(
        "repository_too_large", f"仓库过大：该版本压缩后至多 {most} MB。", f"The repository is too large: {most} MB packed at most.",
        field="repository",
    )


def _unknown_revision() -> Refused:
    return refuse(
        "revision_unknown", "仓库里没有这个分支、标签或提交；提交号须写全 40 位。",
        "The repository has no such branch, tag or commit; a commit id must have all its 40 digits.", field="revision",
    )


def _moved() -> Refused:
    return refuse(
        "repository_moved", "该地址转向别处，请填写最终地址（通常以 .git 结尾）。",
        "That address leads on to another. Give the last one, which usually ends in .git.", field="repository",
    )


def _malformed() -> Refused:
    return refuse(
        "repository_malformed", "仓库里有 git 不接受的文件名或损坏的对象；用 git fsck 检查。",
        "The repository has names of files that git refuses, or broken objects; see git fsck.", field="repository",
    )


def _unreadable() -> Refused:
    return refuse(
        "repository_unreadable", "没有这个仓库，或它不公开。", "There is no such repository, or it isn't public.",
        field="repository",
    )


def _too_slow() -> Refused:
    return refuse(
        "fetch_timeout", f"{SECONDS} 秒内没有取完，请稍后再试，或改为上传文件。",
        f"It wasn't fetched within {SECONDS} seconds. Try again later, or upload a file.", field="repository",
    )


def _failed() -> Refused:
    return refuse(
        "fetch_failed", "没有取到，请检查地址，或改为上传文件。", "It couldn't be fetched. Check the address, or upload a file.",
        field="repository",
    )
