"""count: words on standard input; again: the count before."""

import json
import sys
from pathlib import Path

KEPT = Path("last.json")


def main(name):
    if name == "count":
        KEPT.write_text(json.dumps({"words": len(sys.stdin.read().split())}))
    if name not in ("count", "again"):
        sys.exit(2)
    print(KEPT.read_text())


main(sys.argv[1])
