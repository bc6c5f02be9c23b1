"""What may be believed of a test, learnt from the author's own solution.

Every test of an assignment is run over the solution twice: inside, in the process that holds the solution, as nbgrader
does, and outside, as students' work is tested. Where both agree, the test runs outside for everybody, and no student's
process ever sees it; a stand-in that isn't a plain value is let pass only where the solution had one too. Where they
don't (a test that looks at source code, say, or at a plot's global state), it has to run inside, behind guards, and
each of its scores is flagged. Where the solution fails its own test there is nothing to learn: the test runs outside,
and who fails it is flagged, for a person to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from heitu.engines.grading import marks, scoring
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.session import Result, Session
from heitu.engines.grading.source import Source
from heitu.engines.sandbox.nursery import Nursery
from heitu.engines.sandbox.side import Limits

OUTSIDE, INSIDE, UNSURE = "outside", "inside", "unsure"


@dataclass(frozen=True)
class Trust:
    """How one test is run; `origins` is the rule on stand-ins, None where there is none to go by."""

    how: str
    origins: dict[str, list[str]] | None = None


def learn(
    source: Source, bindings: Bindings, nursery: Nursery, limits: Limits, files: Mapping[str, bytes]
) -> dict[str, Trust]:
    """By the id of each test. Raises SandboxFault, LayersMissing."""
    inside = _inside(source, bindings, nursery, limits, files)
    with Session(nursery, limits, bindings, files, files) as session:
        found: dict[str, Trust] = {}
        for cell in source.solved["cells"]:
            name = marks.grade_id(cell)
            if marks.is_test(cell):
                result = session.test(source.cells[name].cell["source"], bindings.exports.get(name, []), learning=True)
                found[name] = _trust(source, name, inside[name], result)
            elif cell["cell_type"] == "code":
                session.run(cell["source"])
                session.prepare(bindings.locked.get(name, "") if name else "")
    return found


def _inside(
    source: Source, bindings: Bindings, nursery: Nursery, limits: Limits, files: Mapping[str, bytes]
) -> dict[str, Result]:
    with Session(nursery, limits, bindings, files, files) as session:
        return {
            marks.grade_id(cell): result
            for cell in source.solved["cells"] if cell["cell_type"] == "code"
            for result in (session.run(cell["source"]),) if marks.is_test(cell)
        }


def _trust(source: Source, name: str, inside: Result, outside: Result) -> Trust:
    maximum = source.cells[name].maximum
    within, without = (scoring.mark(r.outputs, maximum, strict=False).earned for r in (inside, outside))
    if within != without:
        return Trust(INSIDE)
    if any(map(scoring.is_failure, inside.outputs)):
        return Trust(UNSURE)
    return Trust(OUTSIDE, outside.seen)
