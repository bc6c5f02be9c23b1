"""Two works side by side: their files as lines, each with the shared run that it lies in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from heitu.engines.judge.matching import Run
from heitu.engines.sandbox.channel import printable

MOST_LINES = 3000


@dataclass(frozen=True)
class Line:
    """A line of a file; `match` numbers the run of lines that it lies in, from 1."""

    text: str
    match: int | None
    starts: bool


def lines_of(files: Mapping[str, bytes], runs: Sequence[Run]) -> dict[str, list[Line]]:
    """The files' lines, MOST_LINES of each, with the run of `runs` that each lies in."""
    return {name: _lines(content, {n: run for n, run in enumerate(runs, start=1) if run.file == name})
            for name, content in sorted(files.items())}


def _lines(content: bytes, runs: Mapping[int, Run]) -> list[Line]:
    within = {line: number for number, run in runs.items() for line in range(run.first, run.last + 1)}
    firsts = {run.first for run in runs.values()}
    texts = printable(content).split("\n")
    shown = texts if len(texts) <= MOST_LINES else [*texts[:MOST_LINES], "…"]
    return [Line(text, within.get(n), n in firsts) for n, text in enumerate(shown, start=1)]
