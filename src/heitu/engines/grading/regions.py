"""Regions of a cell between BEGIN and END lines: solutions, hidden tests and marking schemes.

As in nbgrader 0.9.6 (clearsolutions.py, clearhiddentests.py, clearmarkingscheme.py): a marker counts wherever it stands
in a line, and the markers' lines go with the region.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CODE_STUB, TEXT_STUB = "# YOUR CODE HERE\nraise NotImplementedError()", "YOUR ANSWER HERE"
_INDENT = re.compile(r"\s*")


@dataclass(frozen=True)
class Region:
    """A kind of region."""

    name: str
    begin: str
    end: str


SOLUTION = Region("solution", "BEGIN SOLUTION", "END SOLUTION")
HIDDEN = Region("hidden tests", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS")
SCHEME = Region("mark scheme", "BEGIN MARK SCHEME", "END MARK SCHEME")
REGIONS = (SOLUTION, HIDDEN, SCHEME)


def has(source: str, region: Region) -> bool:
    """Whether there is one."""
    return region.begin in source


def faults(source: str, region: Region) -> list[str]:
    """"nested" and "unclosed", where the markers don't match."""
    found, inside = [], False
    for line in source.split("\n"):
        if region.begin in line:
            found += ["nested"] if inside else []
            inside = True
        elif region.end in line:
            inside = False
    return found + (["unclosed"] if inside else [])


def without(source: str, region: Region, stub: str = "") -> str:
    """The source with `stub`, indented alike, in the place of each region."""
    kept: list[str] = []
    inside = False
    for line in source.split("\n"):
        if region.begin in line:
            inside = True
            kept += [_indent(line) + row for row in stub.split("\n")] if stub else []
        elif region.end in line:
            inside = False
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def _indent(line: str) -> str:
    found = _INDENT.match(line)
    return found[0] if found else ""
