"""The notebooks of the demo class: honest solutions that differ, slips, gaps, one that raises, one endless loop, two copies.

What students write is in `answers.yaml`. Which of a question's solutions a student has is a polynomial of the student's
place modulo their number, so that hardly any two students share more than two questions by chance.
"""

from __future__ import annotations

import ast
import json
import random
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from heitu.engines.grading.regions import SOLUTION
from heitu.kinds.courses.models import Offering
from heitu.kinds.courses.queries.labs import release

RAISING, LOOPING = 5, 4  # places in the class: in the first lab, and in the second
COPIES = {21: 20, 30: 12}  # who copied from whom
WRONG, LEFT_OUT = 0.09, 0.04  # of all answers
Cell = dict[str, Any]


@cache
def _known() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(files(__package__).joinpath("answers.yaml").read_text("utf-8"))
    return found


@dataclass(frozen=True)
class Mended:
    """A lab's source with one demand fewer, and why."""

    data: bytes
    reason: str


def mended(offering: Offering, lab: str) -> Mended | None:
    """The lab as its teacher mends it; None where nothing is known to mend."""
    told = _known().get(lab, {}).get("mended")
    if told is None:
        return None
    notebook = _source(offering, lab)
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == told["cell"]:
            cell["source"] = "".join(cell["source"]).replace(told["without"], "")
    return Mended(json.dumps(notebook, ensure_ascii=False, indent=1).encode(), told["reason"])


def handed_in(offering: Offering, lab: str, place: int) -> bytes:
    """What the student at this place of the class hands in."""
    author = COPIES.get(place, place)
    notebook, draw = json.loads(release(offering.version_id, lab)), random.Random(f"{lab} {author}")
    answers, number = _solutions(offering, lab), 0
    for cell in notebook["cells"]:
        if name := _answer_in(cell):
            cell["source"] = _answer(lab, name, author, number, answers[name], draw) or cell["source"]
            cell["source"] = _disguised(cell["source"]) if place in COPIES and cell["cell_type"] == "code" else cell["source"]
            number += 1
    own = _known().get(lab, {}).get("own", [])
    notebook["cells"] += [_own_cell(n, text) for n, text in enumerate(draw.sample(own, min(3, len(own))))]
    return json.dumps(notebook, ensure_ascii=False).encode()


def _answer(lab: str, name: str, place: int, number: int, solution: str, draw: random.Random) -> str:
    """Empty: the student left the question as it was."""
    known, luck = _known().get(lab, {}).get("cells", {}).get(name, {}), draw.random()
    if "written" in known:
        return str(known["written"][place % len(known["written"])])
    slip = {RAISING: "raising", LOOPING: "looping"}.get(place)
    if slip in known:
        return str(known[slip])
    if luck < LEFT_OUT:
        return ""
    if luck < LEFT_OUT + WRONG and "wrong" in known:
        return str(draw.choice(known["wrong"]))
    right = [solution, *known.get("right", ())]
    return str(right[_word(place, number, len(right))])


def _word(place: int, at: int, base: int) -> int:
    """The polynomial whose coefficients are the digits of `place` to this base, at `at`; two of degree n agree n times at most."""
    value, power = 0, 1
    while place and base > 1:
        place, digit = divmod(place, base)
        value, power = value + digit * power, power * at
    return value % base


def _disguised(source: str) -> str:
    """As it is copied: other names for variables, another first line."""
    names = {node.id for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for name in names:
        source = re.sub(rf"(?<![\w.]){name}\b", f"my_{name}", source)
    return f"# 自己写的\n{source}"


def _own_cell(number: int, text: str) -> Cell:
    return {"cell_type": "code", "id": f"own-{number}", "metadata": {}, "source": text, "outputs": [], "execution_count": None}


def _source(offering: Offering, lab: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(offering.version.files.get(path=f"labs/{lab}/{lab}.ipynb").text)
    return found


def _solutions(offering: Offering, lab: str) -> dict[str, str]:
    return {name: _unmarked(cell["source"]) for cell in _source(offering, lab)["cells"] if (name := _answer_in(cell))}


def _answer_in(cell: Cell) -> str:
    """The grade_id of a cell that students fill in, else nothing."""
    marks = cell["metadata"].get("nbgrader", {})
    return str(marks["grade_id"]) if marks.get("solution") else ""


def _unmarked(source: str | list[str]) -> str:
    lines = "".join(source).splitlines(keepends=True)
    return "".join(line for line in lines if SOLUTION.begin not in line and SOLUTION.end not in line)
