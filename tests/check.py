"""`./dev check`: lint, types, import contracts, and whether what is generated is up to date."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

BIN = Path(sys.executable).parent
HEITU = str(BIN / "heitu")
AT_ONCE = 2
# The longest first.
CHECKS: tuple[tuple[str, Sequence[str]], ...] = (
    ("types", (str(BIN / "mypy"), "src")),
    ("lint", (str(BIN / "ruff"), "check", "--quiet", ".")),
    ("import contracts", (str(BIN / "lint-imports"),)),
    ("definitions", (HEITU, "check", "packs/ascend", "packs/oss-mentorship")),
    ("migrations", (HEITU, "manage", "makemigrations", "--check", "--dry-run")),
    ("generated docs", (HEITU, "reference", "--check")),
)


def main() -> int:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        passed = list(pool.map(lambda check: _passes(*check), CHECKS))
    failed = [title for (title, _), good in zip(CHECKS, passed, strict=True) if not good]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def _passes(title: str, command: Sequence[str]) -> bool:
    """Run one check; its output is shown only when it fails."""
    started = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    mark, said = ("✗", f"\n{done.stdout}{done.stderr}") if done.returncode else ("✓", "")
    print(f"{mark} {title}  {time.monotonic() - started:.1f} s{said}", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main())
