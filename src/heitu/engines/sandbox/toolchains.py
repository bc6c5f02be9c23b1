"""What the Python in a sandbox can import: numpy from the judge's own environment, or a framework from one of its own.

A framework is large and optional, so it lives in a virtual environment that holds nothing else:
`HEITU_TOOLCHAINS` (else `HEITU_HOME/toolchains`, else `.heitu/toolchains`), one folder for each. `install` makes it.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# Imported by every zygote before it forks: what numerical code reaches for, so that no child waits for it.
COMMON = (
    "numpy", "numpy.linalg", "numpy.fft", "numpy.random", "numpy.lib.stride_tricks", "numpy.polynomial", "numpy.ma",
    "ml_dtypes", "math", "cmath", "functools", "itertools", "collections", "dataclasses", "typing", "operator", "array",
    "struct", "ctypes", "re", "bisect", "heapq", "random", "statistics", "threading", "time", "decimal", "fractions",
    "importlib.util", "traceback", "subprocess", "json", "csv", "io", "string", "hashlib",
)


@dataclass(frozen=True)
class Toolchain:
    """`requirements` for pip; `overhead_mb`: what a child of its zygote needs beyond the task's own limit."""

    name: str
    imports: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    overhead_mb: int = 192
    environment: tuple[tuple[str, str], ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is the judge's own environment."""
        return not self.requirements


TOOLCHAINS = {
    toolchain.name: toolchain
    for toolchain in (
        Toolchain("numpy"),
        Toolchain(
            "torch", ("torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils.data"),
            ("torch==2.13.0", "numpy", "ml_dtypes"), overhead_mb=512,
        ),
        # Imported before the fork, but no operator is run there: every child would hang in its first one.
        Toolchain(
            "mindspore", ("mindspore", "mindspore.nn", "mindspore.ops"), ("mindspore==2.10.0", "numpy<2", "ml_dtypes"),
            overhead_mb=1024, environment=(("GLOG_v", "3"),),
        ),
    )
}


def folder() -> Path:
    """Where the environments of frameworks are."""
    given = os.environ.get("HEITU_TOOLCHAINS")
    return Path(given or Path(os.environ.get("HEITU_HOME", ".heitu")) / "toolchains").absolute()


def interpreter(name: str) -> Path | None:
    """The interpreter that has the toolchain; None where it isn't installed."""
    if TOOLCHAINS[name].is_own:
        return Path(sys.executable)
    python = folder() / name / "bin" / "python"
    return python if (folder() / name / "stamp").is_file() and python.exists() else None


def install(name: str) -> None:
    """Make the toolchain's environment anew, by pip. Raises CalledProcessError with pip's words on its stderr."""
    place = folder() / name
    requirements = TOOLCHAINS[name].requirements
    if not requirements or (interpreter(name) and (place / "stamp").read_text() == " ".join(requirements)):
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
    pip = [str(place / "bin" / "pip"), "install", "--quiet", "--disable-pip-version-check", *requirements]
    subprocess.run(pip, check=True)
    (place / "stamp").write_text(" ".join(requirements))
