"""Every lab of a pack's courses: what it earns solved and untouched, and how long a graded run takes.

    ./dev bench labs [--pack packs/ascend] [--only LAB] [--json]

Solved it should earn all that a machine can give, untouched nothing, within the seconds that course.yaml says. Labs of a
framework need it installed (`heitu judge --install mindspore`) and are left out, by name, where it isn't.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from heitu.engines.grading import Assignment, Graded, Limits, Nursery, Submitted, grade
from heitu.engines.sandbox.toolchains import NOTEBOOKS, interpreter


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(prog="./dev bench labs", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", type=Path, default=Path("packs/ascend"))
    parser.add_argument("--only", help="one lab's id")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args(arguments)
    rows = []
    for notebook, lab in _labs(given.pack):
        if given.only in (None, lab["id"]):
            rows.append(_row(notebook, lab))
            if not given.json:
                print(_line(rows[-1]), flush=True)
    if given.json:
        print(json.dumps(rows, indent=1))


def _labs(pack: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for told in sorted(pack.glob("courses/*/course.yaml")):
        for lab in yaml.safe_load(told.read_text(encoding="utf-8"))["labs"]:
            yield told.parent / "labs" / lab["id"] / f"{lab['id']}.ipynb", lab


def _row(notebook: Path, lab: dict[str, Any]) -> dict[str, Any]:
    name = NOTEBOOKS[lab["toolchain"]]
    if interpreter(name) is None:
        return {"lab": lab["id"], "left_out": f"{lab['toolchain']} isn't installed"}
    data, limits = notebook.read_bytes(), Limits(seconds=max(30, lab["seconds"]))
    assignment = Assignment.from_source(data, lab["id"])
    given = [Submitted("solved", {"a.ipynb": data}), Submitted("untouched", {"a.ipynb": assignment.release()})]
    begun = time.monotonic()
    with Nursery(name) as nursery:
        found = {each.student: each for each in grade(assignment, given, nursery=nursery, limits=limits, workers=1)}
    solved, untouched = found["solved"], found["untouched"]
    return {
        "lab": lab["id"], "toolchain": lab["toolchain"], "solved": float(solved.earned), "of": _by_machine(solved),
        "untouched": float(untouched.earned), "run_seconds": round(solved.seconds, 1), "allowed": lab["seconds"],
        "all_seconds": round(time.monotonic() - begun, 1),
    }


def _by_machine(graded: Graded) -> float:
    return float(sum(each.maximum for each in graded.questions if each.kind == "test"))


def _line(row: dict[str, Any]) -> str:
    if "left_out" in row:
        return f"{row['lab']:<24}{row['left_out']}"
    return (
        f"{row['lab']:<24}{row['toolchain']:<10} solved {row['solved']:>5g} of {row['of']:<5g} untouched {row['untouched']:<4g}"
        f" a run {row['run_seconds']:>6} s of {row['allowed']}"
    )
