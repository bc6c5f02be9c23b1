"""What whoever runs cells for people has to offer. Today that is the sandbox of this machine (`boxes.py`); a JupyterHub
of a computing centre may stand behind the same port.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

Output = dict[str, Any]  # of the notebook format
# Told what the cell has put out so far, many times a second; answers whether the cell shall be interrupted.
Watch = Callable[[list[Output]], bool]

# Why a kernel is gone, with all that its cells had made.
TIME, MEMORY, FLOOD, DIED, SPENT, STUCK = "time", "memory", "flood", "died", "spent", "stuck"


def size(output: Output) -> int:
    """Characters."""
    texts = [output.get(key, "") for key in ("text", "ename", "evalue")]
    return sum(map(len, (*texts, *output.get("traceback", ()), *output.get("data", {}).values())))


@dataclass(frozen=True)
class Limits:
    """Processor time in seconds of a cell and of a whole session, memory and disk in MB, characters that one cell puts out.

    A cell that sleeps meets the wall clock at three times `cell_seconds`, and five seconds.
    """

    cell_seconds: float = 60.0
    session_seconds: float = 1800.0
    memory_mb: int = 1024
    disk_mb: int = 64
    processes: int = 64
    most_characters: int = 400_000


@dataclass(frozen=True)
class Ran:
    """One cell. `gone`: why the kernel is no more, where it isn't; `count` is what In [n] would say."""

    outputs: list[Output] = field(default_factory=list)
    count: int | None = None
    seconds: float = 0.0
    interrupted: bool = False
    gone: str = ""

    @property
    def has_failed(self) -> bool:
        """Whether the cells behind it had better not run."""
        return bool(self.gone) or any(each["output_type"] == "error" for each in self.outputs)


class Kernel(Protocol):
    """One person's interpreter. After it is gone, the next cell runs in a new one, which knows nothing."""

    def run(self, source: str, *, watch: Watch) -> Ran:
        """Run a cell to its end. Raises KernelFault where the fault isn't the cell's."""

    def restart(self) -> None:
        """Forget everything; a new one is ready when this returns. Raises KernelFault."""

    def close(self) -> None:
        """End all that runs for it. Safe to repeat."""


class Kernels(Protocol):
    """Where kernels come from."""

    def toolchains(self) -> list[str]:
        """Those that can be asked for."""

    def open(self, toolchain: str, *, modules: Iterable[str], limits: Limits) -> Kernel:
        """A new kernel, ready for its first cell; `modules` are likely to be imported. Raises KernelFault."""

    def close(self) -> None:
        """End all of them."""


class KernelFault(Exception):
    """Kernels can't be had here now, and nobody who asked for one is to blame."""
