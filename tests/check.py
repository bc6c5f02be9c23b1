"""`./dev check`: lint, types, import contracts, and whether what is generated is up to date."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

BIN = Path(sys.executable).parent
HEITU = str(BIN / "heitu")
CHECKS: tuple[tuple[str, Sequence[str]], ...] = (
    ("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    ("import contracts", (str(BIN / "lint-imports"),)),
    ("types", (str(BIN / "mypy"), "src")),
    ("definitions", (HEITU, "check", "packs/ascend", "packs/oss-mentorship")),
    ("migrations", (HEITU, "manage", "makemigrations", "--check", "--dry-run")),
    ("generated docs", (HEITU, "reference", "--check")),
)


def main() -> int:
    failed = [title for title, command in CHECKS if not _passes(title, command)]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _passes(title: str, command: Sequence[str]) -> bool:
    """Run one check; its output is shown only when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    mark = "✗" if done.returncode else "✓"
    print(f"{mark} {title}  {time.monotonic() - started:.1f} s", flush=True)
    if done.returncode:
        print(done.stdout + done.stderr, flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
