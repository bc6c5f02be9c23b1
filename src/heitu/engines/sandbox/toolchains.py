"""What the Python in a sandbox can import: numpy from the judge's own environment, or a framework from one of its own.

A framework is large and optional, so it lives in a virtual environment that holds nothing else:
`HEITU_TOOLCHAINS` (else `HEITU_HOME/toolchains`, else `.heitu/toolchains`), one folder for each. `install` makes it.

A toolchain for notebooks is one of these with guests: distributions of our own environment, IPython first, which the
sandbox sees as well. `HEITU_NOTEBOOK_PACKAGES` names more of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, replace
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
    """`requirements` for pip; `overhead_mb`: what a child of its zygote needs beyond the task's own limit.

    One that `extends` another is installed into that one's environment.
    """

    name: str
    imports: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    overhead_mb: int = 192
    environment: tuple[tuple[str, str], ...] = ()
    program: str = ""
    home: str = ""
    extends: str = ""

    @property
    def is_own(self) -> bool:
        """Whether it is the judge's own environment."""
        return not self.requirements

    @property
    def guests(self) -> tuple[str, ...]:
        """Distributions of our own environment that the sandbox sees too, where they are installed."""
        if not self.program:
            return ()
        more = os.environ.get("HEITU_NOTEBOOK_PACKAGES", "").replace(",", " ").split()
        return ("ipython", *(_SCIENCE if self.is_own else ()), *more)


_TORCH = ("torch", "torch.nn", "torch.nn.functional", "torch.optim", "torch.utils.data")
_TORCH_WHEELS = ("torch==2.13.0", "numpy", "ml_dtypes")
_SCIENCE = ("pandas", "matplotlib", "scipy", "scikit-learn", "sympy")
_DESK = "heitu.engines.sandbox.notebook.desk"


def _with_notebooks(base: Toolchain, name: str) -> Toolchain:
    """The same, whose sandboxes run the cells of notebooks."""
    environment = (*base.environment, ("MPLBACKEND", "module://matplotlib_inline.backend_inline"))
    return replace(base, name=name, program=_DESK, home=base.name, environment=environment)


TOOLCHAINS = {
    toolchain.name: toolchain
    for toolchain in (
        Toolchain("numpy"),
        Toolchain("torch", _TORCH, _TORCH_WHEELS, overhead_mb=512),
        # Its kernels run in its interpreter, on tensors of PyTorch's: right or wrong, and nothing about speed.
        Toolchain(
            "triton", (*_TORCH, "triton", "triton.language"), (*_TORCH_WHEELS, "triton==3.9.0"), overhead_mb=768,
            environment=(("TRITON_INTERPRET", "1"),), extends="torch",
        ),
        # Imported before the fork, but no operator is run there: every child would hang in its first one.
        Toolchain(
            "mindspore", ("mindspore", "mindspore.nn", "mindspore.ops"), ("mindspore==2.10.0", "numpy<2", "ml_dtypes"),
            overhead_mb=1024, environment=(("GLOG_v", "3"),),
        ),
    )
}
# A lab's toolchain → the one that runs its notebooks.
NOTEBOOKS = {"numpy": "notebook", "torch": "torch-notebook", "mindspore": "mindspore-notebook"}
_ALL = TOOLCHAINS | {name: _with_notebooks(TOOLCHAINS[base], name) for base, name in NOTEBOOKS.items()}


def named(name: str) -> Toolchain:
    """The toolchain of that name, those for notebooks among them."""
    return _ALL[name]


def folder() -> Path:
    """Where the environments of frameworks are."""
    given = os.environ.get("HEITU_TOOLCHAINS")
    return Path(given or Path(os.environ.get("HEITU_HOME", ".heitu")) / "toolchains").absolute()


def interpreter(name: str) -> Path | None:
    """The interpreter that has the toolchain; None where it isn't installed."""
    if named(name).is_own:
        return Path(sys.executable)
    chain = TOOLCHAINS[named(name).home or name]
    python = _stamp(chain).parent / "bin" / "python"
    return python if _stamp(chain).is_file() and python.exists() else None


def _stamp(chain: Toolchain) -> Path:
    """Written last, with what was installed; by its real path, which is the one that the sandbox will have."""
    place = (folder() / (chain.extends or chain.name)).resolve()
    return place / (f"stamp-{chain.name}" if chain.extends else "stamp")


def install(name: str) -> None:
    """Make the toolchain's environment anew, by pip. Raises CalledProcessError with pip's words on its stderr."""
    chain = TOOLCHAINS[name]
    wanted, stamp = " ".join(chain.requirements), _stamp(chain)
    if not wanted or (interpreter(name) and stamp.read_text() == wanted):
        return
    if chain.extends:
        install(chain.extends)
    else:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(stamp.parent)], check=True)
    pip = [str(stamp.parent / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *chain.requirements], check=True)
    stamp.write_text(wanted)
