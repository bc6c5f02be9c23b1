"""The environments of PyTorch, with Triton in it, and MindSpore.

`python -m tests.frameworks` installs them, once, while tests that don't need them run.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
from pathlib import Path

from tests.peers.environments import FOLDER

HOME = FOLDER.parent / "toolchains"
NAMES = ("torch", "triton", "mindspore")


def install() -> Path:
    """The folder with both, kept beside the peers' environments; whoever comes second waits.

    Raises CalledProcessError with pip's words above.
    """
    from heitu.engines.sandbox import toolchains

    HOME.mkdir(parents=True, exist_ok=True)
    os.environ["HEITU_TOOLCHAINS"] = str(HOME)
    with open(HOME / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in NAMES:
            toolchains.install(name)
    return HOME


if __name__ == "__main__":
    try:
        install()
    except subprocess.CalledProcessError as error:
        raise SystemExit(error.returncode) from error
