"""The A/A certificate: one program timed against itself must come out even, or the machine may not say who is faster."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from heitu.engines.judge.judging import judge
from heitu.engines.judge.speed import DELTA
from heitu.engines.judge.verdict import Verdict
from heitu.engines.sandbox.errors import SandboxFault
from heitu.engines.sandbox.nursery import Nursery

TASK = Path(__file__).parent / "certificate_task"
_PROCESSES = (4, 6, 8)  # of each try: the more of them, the narrower the interval
_WIDEST = 1 + 2 * DELTA  # how far from 1 its ends may lie: beyond, nothing can be told apart here


@dataclass(frozen=True)
class Certificate:
    """The ratio of a program's time to its own, with its 95 % interval."""

    geomean: float
    low: float
    high: float

    @property
    def ok(self) -> bool:
        """Whether it may say who is faster: even, and told narrowly enough for that to mean anything."""
        return self.is_even and not self.is_wide

    @property
    def is_even(self) -> bool:
        """Within the share by which "faster" must be faster."""
        return 1 / (1 + DELTA) <= self.geomean <= 1 + DELTA

    @property
    def is_wide(self) -> bool:
        """A machine so noisy that a mean of 1 is luck."""
        return self.low < 1 / _WIDEST or self.high > _WIDEST

    def __str__(self) -> str:
        """For whoever mends the machine."""
        said = f"one program against itself came out at {self.geomean:.3f} ({self.low:.3f}–{self.high:.3f})"
        return f"{said}, too noisy to tell anything apart" if self.is_even and self.is_wide else said


def certify(*, allow_missing: Iterable[str] = (), nursery: Nursery | None = None) -> Certificate:
    """Time the certificate's program against itself, again (thrice at most, for longer each time) while that doesn't come out even.

    Takes ten seconds on a quiet machine, a minute or two on a busy one. Raises SandboxFault where nothing could be timed, LayersMissing.
    """
    for processes in _PROCESSES:
        found = judge(TASK, TASK / "baseline.py", repeat=processes, allow_missing=allow_missing, nursery=nursery)
        certificate = _certificate(found)
        if certificate.ok:
            break
    return certificate


def _certificate(found: Verdict) -> Certificate:
    if found.speedup is None:
        failed = next((case.text for case in found.cases if case.verdict != "accepted"), found.text)
        raise SandboxFault(f"nothing could be timed: {found.verdict} {failed}")
    return Certificate(found.speedup.geomean, found.speedup.low, found.speedup.high)
