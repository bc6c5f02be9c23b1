"""Where the distributions of our own environment lie that a sandbox for notebooks sees as well."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, distribution

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_UNSEEN = ("..", "__pycache__")


def places(names: Iterable[str]) -> list[str]:
    """Folders and files of the named distributions and of all that they need, absolute; those not installed are
    passed over."""
    found: dict[str, Distribution] = {}
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        waiting += _needed(found[name])
    return sorted({place for each in found.values() for place in _tops(each)})


def _needed(of: Distribution) -> list[str]:
    """Names of what it requires, but for optional extras."""
    rows = [row for row in of.requires or [] if "extra ==" not in row]
    return [match[0] for row in rows if (match := _NAME.match(row))]


def _tops(of: Distribution) -> set[str]:
    """By its list of files, a path a row: read as paths, as the library does, that takes ten times as long."""
    record = of.read_text("RECORD")
    names = (row[0] for row in csv.reader(record.splitlines()) if row) if record else map(str, of.files or [])
    tops = {name.partition("/")[0] for name in names}
    return {str(of.locate_file(top)) for top in tops if top not in _UNSEEN and not top.endswith(".pth")}
