"""Limits and freezing by control group, version 1 and 2, for one sandbox at a time."""

from __future__ import annotations

import contextlib
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from heitu.engines.sandbox.layers import CGROUPS

_PREFIX = "heitu-judge-"
_PERIOD = 100_000
_CONTROLLERS = {"cgroup-memory": "memory", "cgroup-pids": "pids", "cgroup-cpu": "cpu", "cgroup-freezer": "freezer"}
# Counts processor time; without it time limits are wall clock.
_ACCOUNT = "cpuacct"
_PATIENCE, _ASK_AGAIN, _SPIN = 5.0, 0.01, 0.0003


@dataclass(frozen=True)
class Places:
    """Where groups may be made: version 2 in one folder, version 1 in one folder a controller. None: not at all."""

    unified: Path | None
    separate: dict[str, Path]

    @property
    def parents(self) -> list[Path]:
        """Folders that a sandbox gets a group in; controllers that are mounted together share one."""
        return [self.unified] if self.unified else list(dict.fromkeys(self.separate.values()))

    @property
    def layers(self) -> set[str]:
        """The layers that these places can give."""
        if self.unified is not None:
            return set(CGROUPS)
        return {layer for layer, name in _CONTROLLERS.items() if name in self.separate}


def find_places() -> Places:
    """Look in /proc/self/mountinfo and /proc/self/cgroup for groups that this process may make children of."""
    own = dict(_own_groups())
    unified, separate = None, {}
    for kind, options, mounted in _mounted():
        if kind == "cgroup2" and _usable_unified(mounted / own.get("", "/").lstrip("/")):
            unified = mounted / own.get("", "/").lstrip("/")
        for name in (*_CONTROLLERS.values(), _ACCOUNT):
            folder = mounted / own.get(name, "/").lstrip("/")
            if kind == "cgroup" and name in options and os.access(folder, os.W_OK):
                separate[name] = folder
    return Places(unified, separate)


def _own_groups() -> list[tuple[str, str]]:
    rows = [line.split(":", 2) for line in Path("/proc/self/cgroup").read_text().splitlines()]
    return [(name, path) for _, names, path in rows for name in names.split(",")]


def _mounted() -> list[tuple[str, list[str], Path]]:
    found = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        left, _, right = line.partition(" - ")
        kind, _, options = right.split(" ", 2)
        if kind.startswith("cgroup"):
            found.append((kind, options.split(","), Path(left.split(" ")[4])))
    return found


def _usable_unified(folder: Path) -> bool:
    """Version 2 serves when its children get memory and pids, which a delegated folder must already allow."""
    control = folder / "cgroup.subtree_control"
    if not os.access(folder, os.W_OK) or not control.exists():
        return False
    return {"memory", "pids", "cpu"} <= set(control.read_text().split())


def sweep(places: Places) -> int:
    """Remove groups whose worker is gone; return how many."""
    stale = [group for folder in places.parents for group in folder.glob(f"{_PREFIX}*") if _is_orphan(group)]
    for group in stale:  # all before the first is removed: what is frozen in one can't leave the others
        _end_all(group)
    return sum(_remove(group) for group in stale)


def _is_orphan(group: Path) -> bool:
    owner = group.name.removeprefix(_PREFIX).split("-")[0]
    return owner.isdigit() and not Path(f"/proc/{owner}").exists()


@dataclass
class Group:
    """One sandbox's groups. Make, add the process, freeze and thaw, then destroy."""

    places: Places
    name: str
    folders: list[Path] = field(default_factory=list)
    _switch: int = -1
    _state: int = -1
    _account: int = -1

    @classmethod
    def make(cls, places: Places, name: str, *, memory_mb: int, processes: int, timed: bool = False) -> Group:
        """Create the folders and write the limits; a `timed` one goes before everything else on its core."""
        group = cls(places, f"{_PREFIX}{os.getpid()}-{name}")
        for parent in places.parents:
            folder = parent / group.name
            folder.mkdir()
            group.folders.append(folder)
        group._limit(memory_mb << 20, processes, timed=timed)
        return group

    def _limit(self, memory: int, processes: int, *, timed: bool) -> None:
        wanted: dict[str, int | str]
        if self.places.unified:
            quota = f"{_PERIOD * 3 // 2} {_PERIOD}"
            wanted = {"memory.max": memory, "memory.swap.max": 0, "pids.max": processes, "cpu.max": quota}
            share: dict[str, int | str] = {"cpu.weight": 10_000}
        else:
            wanted = {"memory.limit_in_bytes": memory, "memory.memsw.limit_in_bytes": memory, "pids.max": processes}
            wanted["cpu.cfs_quota_us"] = _PERIOD * 3 // 2
            share = {"cpu.shares": 1 << 18}
        for name, value in {**wanted, **(share if timed else {})}.items():
            descriptor = self._opened(name, os.O_WRONLY)
            if descriptor >= 0:
                with os.fdopen(descriptor, "w") as target, contextlib.suppress(OSError):
                    os.write(target.fileno(), str(value).encode())

    def add(self, pid: int) -> None:
        """Move a process in."""
        for folder in self.folders:
            (folder / "cgroup.procs").write_text(str(pid))
        self._open_switches()

    def _open_switches(self) -> None:
        """Keep the files of freezer and account open: both are used around every timed call."""
        unified = self.places.unified is not None
        self._switch = self._opened("cgroup.freeze" if unified else "freezer.state", os.O_RDWR)
        self._state = self._opened("cgroup.events" if unified else "freezer.state", os.O_RDONLY)
        self._account = self._opened("cpu.stat" if unified else "cpuacct.usage", os.O_RDONLY)

    def _opened(self, name: str, flags: int) -> int:
        """The group's file of this name, which begins with its controller's; -1 where there is none."""
        parent = self.places.unified or self.places.separate.get(name.split(".")[0])
        if parent is not None:
            with contextlib.suppress(FileNotFoundError, PermissionError):
                return os.open(f"{parent}/{self.name}/{name}", flags | os.O_CLOEXEC)
        return -1

    def _text(self, name: str) -> str:
        """What the group's file says; nothing where there is none."""
        descriptor = self._opened(name, os.O_RDONLY)
        if descriptor < 0:
            return ""
        with os.fdopen(descriptor) as source:
            return source.read()

    def cpu_seconds(self) -> float | None:
        """Processor time of everything that ever ran in the group; None where nothing counts it."""
        if self._account < 0:
            return None
        text = os.pread(self._account, 512, 0)
        return int(text.split()[1]) / 1e6 if self.places.unified else int(text) / 1e9

    @property
    def can_freeze(self) -> bool:
        """Whether there is a freezer."""
        return self._switch >= 0

    def freeze(self) -> None:
        """Stop every process in the group and return when they stand still.

        Version 1 asks each task once, and misses one that goes to wait for its vfork just then: it is asked again.
        """
        still = b"frozen 1" if self.places.unified else b"FROZEN"
        begun = asked = time.monotonic()
        self._ask_to_freeze()
        while still not in os.pread(self._state, 256, 0):
            now = time.monotonic()
            if now > begun + _PATIENCE:
                raise TimeoutError("the sandbox doesn't freeze")
            if now > asked + _ASK_AGAIN:
                self._ask_to_freeze()
                asked = now
            if now > begun + _SPIN:
                time.sleep(_SPIN)  # it may need this very core to come to a stand

    def _ask_to_freeze(self) -> None:
        os.pwrite(self._switch, b"1" if self.places.unified else b"FROZEN", 0)

    def thaw(self) -> None:
        """Let the group run on."""
        os.pwrite(self._switch, b"0" if self.places.unified else b"THAWED", 0)

    def tasks(self) -> int:
        """Processes and threads in the group now; 0 where nothing counts them."""
        return int(self._text("pids.current") or 0)

    def memory_kills(self) -> int:
        """How often the kernel ended something in here for want of memory."""
        text = self._text("memory.events" if self.places.unified else "memory.oom_control")
        return sum(int(row[1]) for row in map(str.split, text.splitlines()) if row[0] == "oom_kill")

    def destroy(self) -> None:
        """End what is left and remove the folders."""
        for folder in self.folders:
            _end_all(folder)
        for descriptor in (self._switch, self._state, self._account):
            if descriptor >= 0:
                os.close(descriptor)
        for folder in self.folders:
            _remove(folder)
        self.folders = []


def keep_freezer_warm(places: Places) -> Path | None:
    """Make an empty group that stays frozen; remove it with `let_freezer_cool`.

    The first frozen group of version 1 makes the kernel patch its own code, and the last one thawed patches it
    back: 130 µs each way, against 15 µs while any group is frozen (measured on Linux 6.18).
    """
    if places.unified or "freezer" not in places.separate:
        return None
    folder = places.separate["freezer"] / f"{_PREFIX}{os.getpid()}-{time.monotonic_ns()}-still"
    folder.mkdir()
    (folder / "freezer.state").write_text("FROZEN")
    return folder


def let_freezer_cool(folder: Path | None) -> None:
    """Undo `keep_freezer_warm`."""
    if folder is not None:
        _remove(folder)


def _end_all(folder: Path) -> None:
    for name, value in (("cgroup.kill", "1"), ("cgroup.freeze", "0")):
        with contextlib.suppress(OSError):
            if (folder / name).exists():
                (folder / name).write_text(value)
    with contextlib.suppress(OSError):
        for pid in (folder / "cgroup.procs").read_text().split():
            os.kill(int(pid), 9)
    with contextlib.suppress(OSError):
        if (folder / "freezer.state").exists():
            (folder / "freezer.state").write_text("THAWED")


def _remove(folder: Path) -> int:
    """Remove an emptying group; the kernel needs a moment after the last process."""
    deadline = time.monotonic() + _PATIENCE
    while folder.exists():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                return 0
            time.sleep(0.002)
    return 1
