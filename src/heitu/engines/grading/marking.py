"""One notebook of a submission, run from top to bottom and marked."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from heitu.engines.grading import marks, regions, scoring, trust
from heitu.engines.grading.bindings import Bindings
from heitu.engines.grading.grades import SOLUTION_FAILS, Question
from heitu.engines.grading.reading import Cell
from heitu.engines.grading.restoring import Whole
from heitu.engines.grading.scoring import Mark
from heitu.engines.grading.session import Result, Session
from heitu.engines.grading.source import Source, SourceCell
from heitu.engines.grading.trust import Trust
from heitu.engines.sandbox.reports import Output

_MOST_LINES = 1000


@dataclass
class Marking:
    """One run; `unseen` are places of cells whose outputs may tell of hidden tests."""

    source: Source
    bindings: Bindings
    trusts: Mapping[str, Trust]
    session: Session
    strict: bool = False
    unseen: set[int] = field(default_factory=set)
    _told: bool = False

    def run(self, whole: Whole) -> list[Question]:
        """Run all cells, put their outputs into the notebook, and mark; questions in the source's order."""
        found = {}
        for place, cell in enumerate(whole.notebook["cells"]):
            result = self._result(place, cell)
            if marks.is_graded(cell):
                kept = self.source.cells[marks.grade_id(cell)]
                found[kept.grade_id] = self._question(kept, cell, result, whole)
        return [found.get(kept.grade_id) or self._absent(kept) for kept in self.source.graded]

    def _result(self, place: int, cell: Cell) -> tuple[Result, tuple[str, ...]]:
        if cell["cell_type"] != "code":
            return Result(), ()
        result, flags = self._tested(cell) if marks.is_test(cell) else (self.session.run(cell["source"]), ())
        name = marks.grade_id(cell)
        if marks.is_locked(cell) and not marks.is_test(cell):
            self.session.prepare(self.bindings.locked.get(name, ""))
        hidden = regions.has(cell["source"], regions.HIDDEN)
        if hidden or self._told:
            self.unseen.add(place)
        self._told = self._told or hidden
        cell["outputs"], cell["execution_count"] = [_limited(each) for each in result.outputs], result.count
        return result, flags

    # ── tests ───────────────────────────────────────────────────────────────────────────────────────────────

    def _tested(self, cell: Cell) -> tuple[Result, tuple[str, ...]]:
        name = marks.grade_id(cell)
        how = self.trusts.get(name, Trust(trust.UNSURE))
        if how.how == trust.INSIDE:
            return self._inside(cell["source"])
        result = self.session.test(cell["source"], self.bindings.exports.get(name, []), how.origins)
        failed = how.how == trust.UNSURE and any(map(scoring.is_failure, result.outputs))
        return result, (SOLUTION_FAILS,) if failed else ()

    def _inside(self, source: str) -> tuple[Result, tuple[str, ...]]:
        """In the student's own process, between two assertions that have to fail there and a name that only the end of
        the test sets."""
        token = secrets.token_hex(8)
        if not self._fails_as_it_must():
            return Result([_forged()]), ("in_process", "forged")
        result = self.session.run(source, afresh=True)
        if result.ended:
            return result, ("in_process",)
        self.session.run(f"_heitu_{token} = {token!r}", afresh=True)
        return (result, ("in_process",)) if self._fails_as_it_must() else (Result([_forged()]), ("in_process", "forged"))

    def _fails_as_it_must(self) -> bool:
        token = secrets.token_hex(8)
        result = self.session.run(f"assert {token!r} == '', {token!r}", afresh=True)
        errors = [each for each in result.outputs if each["output_type"] == "error"]
        return bool(result.ended) or any(e["ename"] == "AssertionError" and e["evalue"] == token for e in errors)

    # ── marks ───────────────────────────────────────────────────────────────────────────────────────────────

    def _question(
        self, kept: SourceCell, cell: Cell, ran: tuple[Result, tuple[str, ...]], whole: Whole
    ) -> Question:
        result, flags = ran
        mark, why, kind = self._marked(kept, cell, result)
        more = tuple(filter(None, (mark.flag, "put_back" if kept.grade_id in whole.missing else "")))
        return Question(
            kept.grade_id, self.source.name, mark.earned, scoring.decimal(kept.maximum), why, kind,
            regions.has(kept.cell["source"], regions.HIDDEN), flags + more,
        )

    def _marked(self, kept: SourceCell, cell: Cell, result: Result) -> tuple[Mark, str, str]:
        if marks.is_task(cell):
            return Mark(None), "manual", "task"
        if marks.is_solution(cell) or cell["cell_type"] != "code":
            untouched = marks.is_solution(cell) and marks.checksum(cell) == marks.of(kept.cell).get("checksum")
            return (Mark(Decimal(0)), "no_response", "manual") if untouched else (Mark(None), "manual", "manual")
        if result.ended and not result.outputs:
            return Mark(Decimal(0)), "ended", "test"
        mark = scoring.mark(result.outputs, kept.maximum, strict=self.strict)
        return mark, _why(mark, result, kept.maximum), "test"

    def _absent(self, kept: SourceCell) -> Question:
        """A graded cell that was neither handed in nor put back: a person looks, as with nbgrader."""
        hidden = regions.has(kept.cell["source"], regions.HIDDEN)
        maximum = scoring.decimal(kept.maximum)
        return Question(kept.grade_id, self.source.name, None, maximum, "missing", "manual", hidden, ("missing",))


def _why(mark: Mark, result: Result, maximum: float) -> str:
    if mark.earned is None:
        return "manual"
    if result.timeout:
        return "timeout"
    if mark.earned >= scoring.decimal(maximum) and not any(map(scoring.is_failure, result.outputs)):
        return "passed"
    if mark.earned > 0:
        return "partial"
    only_warned = all(each["output_type"] != "error" for each in result.outputs)
    return "warned" if only_warned and any(map(scoring.is_failure, result.outputs)) else "failed"


def _forged() -> Output:
    return {"output_type": "error", "ename": "Forged", "evalue": "an assertion that has to fail did not", "traceback": []}


def _limited(output: Output) -> Output:
    """As nbgrader keeps them: streams of 1,000 lines, tracebacks of 100."""
    if output["output_type"] == "stream":
        lines = output["text"].split("\n")
        if len(lines) > _MOST_LINES:
            return {**output, "text": "\n".join([*lines[: _MOST_LINES - 1], "... Output truncated ..."])}
    return output
