"""What a run might leave on the machine, as a value that can be compared before and after."""

from __future__ import annotations

import gc
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from heitu.engines.judge import Nursery

NOBODY = 65534
Names = frozenset[str]


@dataclass(frozen=True)
class Traces:
    """Of this worker and its zygote only: other things run on the machine."""

    processes: Names
    groups: Names
    mounts: Names
    shared: Names
    descriptors: tuple[Names, Names]
    maps: int
    files: Names
    scheduling: tuple[Names, int]

    @classmethod
    def now(cls, nursery: Nursery) -> Traces:
        """Look around."""
        gc.collect()
        zygote = nursery._process.pid
        return cls(
            processes=frozenset(_descendants(os.getpid())),
            groups=groups(os.getpid()),
            mounts=frozenset(_lines("/proc/self/mountinfo") | _lines(f"/proc/{zygote}/mountinfo")),
            shared=_shared(),
            descriptors=(_descriptors("self"), _descriptors(str(zygote))),
            maps=sum("memfd:heitu" in line for line in Path("/proc/self/maps").read_text().splitlines()),
            files=_files(zygote),
            scheduling=(frozenset(map(str, os.sched_getaffinity(0))), os.sched_getscheduler(0)),
        )

    def counts(self) -> dict[str, int]:
        """How many there are of each kind."""
        worker, zygote = self.descriptors
        return {
            "processes": len(self.processes), "cgroups": len(self.groups), "mounts": len(self.mounts),
            "shared": len(self.shared), "worker_descriptors": len(worker), "zygote_descriptors": len(zygote),
            "maps": self.maps, "files": len(self.files),
        }


def _lines(path: str) -> set[str]:
    try:
        return set(Path(path).read_text().splitlines())
    except OSError:
        return set()


def _descendants(pid: int) -> set[str]:
    """Processes beneath `pid`, the dead that nobody waited for among them."""
    found = set[str]()
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= {child} | _descendants(int(child))
    return found


def groups(worker: int) -> Names:
    """Control groups of a worker's; those of others may vanish meanwhile."""
    walked = os.walk("/sys/fs/cgroup")
    prefix = f"heitu-judge-{worker}-"
    return frozenset(f"{place}/{name}" for place, folders, _ in walked for name in folders if name.startswith(prefix))


def _shared() -> Names:
    """Shared memory, semaphores, queues and keys of nobody's."""
    found = {line for kind in ("shm", "sem", "msg") for line in _lines(f"/proc/sysvipc/{kind}") if f" {NOBODY} " in line}
    found |= {line for line in _lines("/proc/key-users") if line.strip().startswith(f"{NOBODY}:")}
    return frozenset(found | _owned("/dev/shm") | _owned("/dev/mqueue"))


def _owned(folder: str) -> set[str]:
    """Entries that belong to nobody, or carry the name that exploits give to what they would make outside."""
    if not os.path.isdir(folder):
        return set()
    with os.scandir(folder) as entries:
        return {e.path for e in entries if "heitu-owned" in e.name or e.stat(follow_symlinks=False).st_uid == NOBODY}


def _descriptors(pid: str) -> Names:
    """Number and target of each open descriptor; the one that lists them is gone by the time that it is asked."""
    found = set[str]()
    for number in os.listdir(f"/proc/{pid}/fd"):
        try:
            found.add(f"{number} {os.readlink(f'/proc/{pid}/fd/{number}')}")
        except FileNotFoundError:
            continue
    return frozenset(found)


def _files(zygote: int) -> Names:
    """Temporary files of nobody's, and what lies in the small root where sandboxes have folders of their own."""
    found = _owned(tempfile.gettempdir()) | _owned("/var/tmp")
    for place in ("tmp", "submission", "submission-tmp"):
        folder = Path(f"/proc/{zygote}/root/{place}")
        found |= set(os.listdir(folder)) if folder.is_dir() else set()
    return frozenset(found)
