"""The small root that the sandboxes live in: a tmpfs with read-only binds of what numerical code needs."""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import sysconfig
from collections.abc import Sequence
from pathlib import Path

from heitu.engines.sandbox import kernel
from heitu.engines.sandbox.toolchains import Toolchain

# Not the whole of /usr: its src, share and local are where packs, checkouts and scripts of the host may lie.
SYSTEM = (
    *(f"/usr/{name}" for name in ("bin", "lib", "lib64", "lib32", "libexec", "include")),
    *("/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/alternatives"),
)
DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
PACKAGES = ("numpy", "numpy.libs", "ml_dtypes")
_MEMORY = "".join(f"{name}: {4 << 20} kB\n" for name in ("MemTotal", "MemFree", "MemAvailable"))
_STAGES = ("/mnt", "/media", "/srv", "/opt", "/tmp")
_BESIDE_TMP = "/submission-tmp"
_FIXED = kernel.MS_NOSUID | kernel.MS_NODEV
# statvfs flags that a user namespace may not clear, as mount flags: they happen to be the same bits.
_KEPT = kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC


def python_sources(toolchain: Toolchain) -> list[str]:
    """Folders of the standard library and the toolchain's packages, absolute, none beneath another or SYSTEM's."""
    base = {"base": sys.base_prefix, "platbase": sys.base_exec_prefix}
    found = [Path(sysconfig.get_path(name, vars=base)).resolve() for name in ("stdlib", "platstdlib")]
    if not toolchain.is_own:  # an environment that holds nothing else
        found += [Path(sysconfig.get_path(name)).resolve() for name in ("purelib", "platlib")]
    for name in PACKAGES if toolchain.is_own else ():
        found += _package_folders(name)
    found = [p for p in dict.fromkeys(found) if not any(p.is_relative_to(folder) for folder in SYSTEM)]
    return [str(p) for p in found if not any(p != q and p.is_relative_to(q) for q in found)]


def scratch() -> str:
    """Where a submission may write: /tmp, unless the interpreter's packages lie there and would be hidden."""
    return _BESIDE_TMP if os.path.isdir(_BESIDE_TMP) else "/tmp"


def _package_folders(name: str) -> list[Path]:
    """Where `name` is installed; a wheel's folder of libraries lies beside its package."""
    spec = importlib.util.find_spec(name.split(".")[0])
    if spec is None or not spec.submodule_search_locations:
        return []
    package = Path(next(iter(spec.submodule_search_locations)))
    folder = package.with_name(name)
    return [folder] if folder.is_dir() else []


def enter_small_root(toolchain: Toolchain, guests: Sequence[str] = ()) -> None:
    """Build the root in this process's own mount namespace and pivot into it. Raises KernelError."""
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    sources = python_sources(toolchain)
    sources += [guest for guest in guests if not any(Path(guest).is_relative_to(source) for source in sources)]
    stage = next(s for s in _STAGES if os.path.isdir(s) and not any(p.startswith(s + "/") for p in sources))
    kernel.mount("tmpfs", stage, "tmpfs", _FIXED, "mode=755,size=1m")
    for source in (*SYSTEM, *sources):
        _bring(source, stage)
    _hide(stage + str(Path(__file__).resolve().parents[2]))
    for device in DEVICES:
        _bind(device, stage + device, 0)
    for name, content in _invented(toolchain).items():
        Path(stage + name).parent.mkdir(0o755, parents=True, exist_ok=True)
        Path(stage + name).write_text(content)
    beside = [_BESIDE_TMP] if any(source.startswith("/tmp/") for source in sources) else []
    for folder in ("/tmp", *beside, "/submission", "/old"):
        os.makedirs(stage + folder, 0o755, exist_ok=True)
    _pivot(stage)


def _invented(toolchain: Toolchain) -> dict[str, str]:
    """Files that frameworks won't start without. There is neither /proc nor /sys: these say what every program can ask
    the processor itself, and a round number for the memory, of which the control group is the limit."""
    if toolchain.is_own:
        return {}
    return {
        "/proc/meminfo": _MEMORY, "/proc/cpuinfo": Path("/proc/cpuinfo").read_text(),
        "/sys/devices/system/cpu/possible": "0\n", "/sys/devices/system/cpu/present": "0\n",
    }


def _hide(folder: str) -> None:
    """Put nothing in the place of the grader's own package, where that lies among the system's."""
    if os.path.isdir(folder):
        kernel.mount("tmpfs", folder, "tmpfs", _FIXED | kernel.MS_RDONLY, "mode=755,size=4k")


def _bring(source: str, stage: str) -> None:
    if os.path.islink(source):
        os.symlink(os.readlink(source), stage + source)
    elif os.path.exists(source):
        _bind(source, stage + source, kernel.MS_RDONLY | _FIXED)


def _bind(source: str, target: str, flags: int) -> None:
    folder = target if os.path.isdir(source) else os.path.dirname(target)
    os.makedirs(folder, 0o755, exist_ok=True)
    if folder != target:
        Path(target).touch()
    kernel.mount(source, target, flags=kernel.MS_BIND | kernel.MS_REC)
    if flags:
        kept = os.statvfs(target).f_flag & _KEPT
        kernel.mount("none", target, flags=kernel.MS_REMOUNT | kernel.MS_BIND | flags | kept)


def _pivot(stage: str) -> None:
    os.chdir(stage)
    here, old = (b".\0", b"old\0")
    kernel.call("pivot_root", ctypes.create_string_buffer(here), ctypes.create_string_buffer(old))
    os.chdir("/")
    kernel.detach("/old")
    os.rmdir("/old")
    kernel.mount("none", "/", flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | _FIXED)


def own_folders(disk_mb: int, files: list[tuple[str, bytes]]) -> None:
    """In a child's mount namespace: a private scratch folder of `disk_mb`, and /submission with `files`, read-only."""
    writable = kernel.MS_NOSUID | kernel.MS_NODEV
    kernel.mount("tmpfs", scratch(), "tmpfs", writable, f"mode=700,size={disk_mb}m,nr_inodes=4096")
    kernel.mount("tmpfs", "/submission", "tmpfs", writable, "mode=755,size=64m,nr_inodes=1024")
    for name, content in files:
        path = Path("/submission") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    kernel.mount("none", "/submission", flags=kernel.MS_REMOUNT | kernel.MS_BIND | kernel.MS_RDONLY | writable)
