"""`./dev bench NAME [--json]`: runs `bench/NAME.py`; without a name, lists what there is."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path


def main() -> int:
    here = Path(__file__).parent
    names = sorted(path.stem for path in here.glob("*.py") if "def main(" in path.read_text(encoding="utf-8"))
    names.remove("__main__")
    if len(sys.argv) < 2 or sys.argv[1] not in names:
        print("usage: ./dev bench NAME [--json]\n\n" + "\n".join(f"  {name}" for name in names))
        return 2
    importlib.import_module(f"bench.{sys.argv[1]}").main(sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
