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
_TRIES = 3


@dataclass(frozen=True)
class Certificate:
    """The ratio of a program's time to its own, with its 95 % interval."""

    geomean: float
    low: float
    high: float

    @property
    def ok(self) -> bool:
        """Whether it is even within the share by which "faster" must be faster."""
        return abs(self.geomean - 1) <= DELTA


def certify(*, allow_missing: Iterable[str] = (), nursery: Nursery | None = None) -> Certificate:
    """Time the certificate's program against itself, again (thrice at most) while that doesn't come out even.

    Takes a few seconds. Raises SandboxFault where nothing could be timed, LayersMissing.
    """
    for _ in range(_TRIES):
        found = judge(TASK, TASK / "baseline.py", repeat=4, allow_missing=allow_missing, nursery=nursery)
        certificate = _certificate(found)
        if certificate.ok:
            break
    return certificate


def _certificate(found: Verdict) -> Certificate:
    if found.speedup is None:
        failed = next((case.text for case in found.cases if case.verdict != "accepted"), found.text)
        raise SandboxFault(f"nothing could be timed: {found.verdict} {failed}")
    return Certificate(found.speedup.geomean, found.speedup.low, found.speedup.high)
